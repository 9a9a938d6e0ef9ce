import { Option, type Command } from "commander";
import { stringify } from "yaml";
import type { PlainObject } from "../../core/plain-object.ts";
import type { CommandContext } from "../command-context.ts";
import { emphasisFor, type Emphasis } from "./emphasis.ts";
import { OUTPUT_FORMATS, defaultFormat, type OutputFormat } from "./output-format.ts";
import { TableRenderer } from "./render-table.ts";
import type { Table } from "./table.ts";

/** What the options of a list say. */
export interface ListOptions {
  readonly headers: boolean;
  readonly output?: OutputFormat;
}

export interface ListStyle {
  readonly emphasis: Emphasis;
  readonly wide: boolean;
}

/** What a command lists, in its forms. */
export interface PrintedList {
  readonly items: readonly PlainObject[];
  /** One a line. */
  readonly names: () => Iterable<string>;
  /** Asked for alone where it is shown: it may need more of the server. */
  readonly table: (style: ListStyle) => Table | Promise<Table>;
  /** What a person is told where there is nothing. */
  readonly none: string;
}

export function addListOptions(command: Command): Command {
  return command
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(OUTPUT_FORMATS));
}

export async function printList(
  { terminal }: CommandContext,
  list: PrintedList,
  options: ListOptions,
): Promise<void> {
  const { stdout, stderr, environment } = terminal;
  const { items } = list;
  const format = options.output ?? defaultFormat(stdout);
  if (format === "json") stdout.write(`${JSON.stringify({ items }, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify({ items }, { lineWidth: 0 }));
  else if (format === "name") for (const name of list.names()) stdout.write(`${name}\n`);
  else if (items.length === 0) stderr.write(`${list.none}\n`);
  else {
    const emphasis = emphasisFor(stdout, environment);
    const wide = format === "wide";
    const style = { wide, namespaces: false, prefix: "", headers: options.headers, emphasis };
    stdout.write(new TableRenderer(style).render(await list.table({ emphasis, wide })));
  }
}
