import type { GetRequest } from "./get-request.ts";
import { textAt } from "./json-fields.ts";
import { listPages } from "./list-pages.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { TableRenderer } from "./output/render-table.ts";
import { tableFrom, type Column } from "./output/table.ts";
import type { Target } from "./resources.ts";
import { printedName } from "./server/resource-type.ts";
import { StatusError } from "./server/status-error.ts";
import { watchChanges } from "./watch-changes.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Prints a table for each type; returns what went wrong for some of them. */
export async function getTables(request: GetRequest): Promise<readonly string[]> {
  const failures: string[] = [];
  const byType = Map.groupBy(request.targets, ({ type }) => type);
  let shown = 0;
  for (const targets of byType.values()) {
    const printer = new TablePrinter(request, { several: byType.size > 1, apart: shown > 0 });
    for (const target of targets) {
      try {
        await printer.print(target);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        failures.push(error.message);
      }
    }
    shown += printer.rows;
  }
  if (shown === 0 && failures.length === 0) request.terminal.stderr.write(`${nothing(request)}\n`);
  return failures;
}

class TablePrinter {
  rows = 0;
  readonly #request: GetRequest;
  readonly #several: boolean;
  readonly #apart: boolean;
  #renderer: TableRenderer | undefined;

  constructor(request: GetRequest, among: { readonly several: boolean; readonly apart: boolean }) {
    this.#request = request;
    this.#several = among.several;
    this.#apart = among.apart;
  }

  async print(target: Target): Promise<void> {
    let columns: readonly Column[] | undefined;
    let version = "";
    for await (const page of listPages(this.#request.server.client, target, TABLE)) {
      columns = this.#show(target, page, columns);
      version = textAt(page, "metadata", "resourceVersion") ?? version;
    }
    if (!this.#request.options.watch) return;
    const watching = { target, version, accept: TABLE };
    for await (const { object } of watchChanges(this.#request.server.client, watching)) {
      columns = this.#show(target, object, columns);
    }
  }

  #show(target: Target, body: unknown, columns: readonly Column[] | undefined): readonly Column[] {
    const table = tableFrom(body, columns);
    if (table.rows.length > 0) {
      const { stdout } = this.#request.terminal;
      if (this.rows === 0 && this.#apart) stdout.write("\n");
      this.#renderer ??= this.#newRenderer(target);
      stdout.write(this.#renderer.render(table));
      this.rows += table.rows.length;
    }
    return table.columns;
  }

  #newRenderer({ type }: Target): TableRenderer {
    const { terminal, options, format } = this.#request;
    return new TableRenderer({
      wide: format === "wide",
      namespaces: options.allNamespaces === true && type.namespaced,
      prefix: this.#several ? printedName(type, "") : "",
      headers: options.headers,
      emphasis: emphasisFor(terminal.stdout, terminal.environment),
    });
  }
}

function nothing({ targets, options, server }: GetRequest): string {
  const everywhere = options.allNamespaces === true || !targets.some(({ type }) => type.namespaced);
  const namespace = options.namespace || server.connection.namespace;
  return everywhere ? "No resources found" : `No resources found in ${namespace} namespace.`;
}
