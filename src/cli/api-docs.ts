import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { printable } from "./output/printable.ts";
import { TableRenderer } from "./output/render-table.ts";
import type { Table } from "./output/table.ts";
import { documentTable, findingTable } from "./registry/document-table.ts";
import { findService } from "./registry/find-service.ts";
import type { ApiClient, ApiRequest } from "./server/api-client.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;
const TYPES = ["openapi", "asyncapi", "docs", "odata"] as const;

interface DocsOptions extends ConnectionOptions {
  readonly type?: (typeof TYPES)[number];
  readonly report?: boolean;
  readonly headers: boolean;
  readonly output?: (typeof FORMATS)[number];
}

const DETAILS = `
SERVICE is the id of a service, its name, or its part of the gateway's path. Without --type its documents are listed;
with it, the document is printed as it is published. --report prints what the checks found, in one document or in all.
Without -o, a terminal gets a table and a pipe gets JSON; -o name prints the types alone.

Examples:
  appconn api docs shop/orders
  appconn api docs shop/orders --type openapi > orders.json
  appconn api docs shop/orders --report`;

export function apiDocsCommand(context: CommandContext): Command {
  const command = new Command("docs")
    .description("Show the documents of a service: specifications, pages, and what the checks found in them.")
    .argument("<service>", "APPLICATION/SERVICE")
    .addOption(new Option("--type <type>", "one document").choices(TYPES))
    .option("--report", "what the checks found")
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS))
    .addHelpText("after", DETAILS)
    .action((place: string, options: DocsOptions) => show(context, place, options));
  return addServerOptions(command);
}

async function show(context: CommandContext, place: string, options: DocsOptions): Promise<void> {
  const { type, report } = options;
  if (type !== undefined && report !== true && options.output !== undefined) {
    throw usageError("error: a document is printed as it is; -o is for lists and reports");
  }
  using server = openServer(context, options);
  const { client } = server;
  const { id, displayName } = await findService(client, place);
  const path = `/v1/documents/${encodeURIComponent(id)}`;
  // Another Application may have a service of the same id.
  const at = { path, query: { application: place.slice(0, place.indexOf("/")) } };
  if (type !== undefined && report !== true) return printContent(context, await contentOf(client, at, type));
  const documents = await listed(client, at, type);
  if (report !== true) {
    return printList(
      context,
      { items: documents, table: documentTable, none: `${printable(displayName)} has no documents` },
      options,
    );
  }
  const reports = await Promise.all(documents.map((document) => reportOf(client, at, document)));
  const items = reports.flatMap((found) =>
    objectsAt(found, "findings").map((finding) => ({ type: textAt(found, "type"), ...finding })),
  );
  printList(context, { items, table: findingTable, none: "The checks found nothing" }, options);
}

/** Of a service's documents. */
type Place = Required<Pick<ApiRequest, "path" | "query">>;

async function contentOf(client: ApiClient, at: Place, type: string): Promise<Buffer> {
  return await client.content({ ...at, path: `${at.path}/${type}` });
}

/** The document of the type must be there, where one is asked for. */
async function listed(
  client: ApiClient,
  at: Place,
  type: string | undefined,
): Promise<readonly PlainObject[]> {
  if (type !== undefined) return [{ type }];
  const { body } = await client.request(at);
  return objectsAt(body, "items");
}

async function reportOf(client: ApiClient, at: Place, document: PlainObject): Promise<unknown> {
  const type = encodeURIComponent(textAt(document, "type") ?? "");
  return (await client.request({ ...at, path: `${at.path}/${type}/report` })).body;
}

/** Others wrote it: on a terminal it must not move the cursor. */
function printContent({ terminal: { stdout } }: CommandContext, content: Buffer): void {
  if (stdout.isTTY !== true) return void stdout.write(content);
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const text = content.toString("utf8").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
  stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

interface Shown {
  readonly items: readonly PlainObject[];
  readonly table: (items: readonly PlainObject[]) => Table;
  /** What is said where there are none. */
  readonly none: string;
}

function printList(
  { terminal }: CommandContext,
  { items, table, none }: Shown,
  { output, headers }: DocsOptions,
): void {
  const { stdout, stderr, environment } = terminal;
  const format = output ?? (stdout.isTTY === true ? "table" : "json");
  if (format === "json") stdout.write(`${JSON.stringify({ items }, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify({ items }, { lineWidth: 0 }));
  else if (format === "name") {
    for (const type of new Set(items.map((item) => textAt(item, "type")))) stdout.write(`${type}\n`);
  } else if (items.length === 0) stderr.write(`${none}\n`);
  else {
    const emphasis = emphasisFor(stdout, environment);
    const style = { wide: format === "wide", namespaces: false, prefix: "", headers, emphasis };
    stdout.write(new TableRenderer(style).render(table(items)));
  }
}
