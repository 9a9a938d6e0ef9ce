import { Command, InvalidArgumentError, Option } from "commander";
import { stringify } from "yaml";
import type { PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { objectsAt, textAt, valueAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { printable } from "./output/printable.ts";
import { TableRenderer } from "./output/render-table.ts";
import { foundTable } from "./registry/found-table.ts";
import type { ApiClient } from "./server/api-client.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;
const KINDS = ["application", "service", "openapi", "asyncapi", "odata", "docs"] as const;

/** As many as the server gives at once. */
const PAGE = 50;

interface SearchOptions extends ConnectionOptions {
  readonly application?: string;
  readonly kind?: (typeof KINDS)[number];
  readonly limit: number;
  readonly headers: boolean;
  readonly output?: (typeof FORMATS)[number];
}

const DETAILS = `
Every word is the beginning of one that must occur, in whatever case; a phrase in double quotes must occur as it is.
Searched are names, descriptions, labels, tags and providers, and the operations, channels, entity sets and pages of
documents. The best come first. Without -o, a terminal gets a table and a pipe gets JSON; -o name prints
APPLICATION/SERVICE-ID, as appconn api docs takes it.

Examples:
  appconn search order cancel
  appconn search '"order created"' --kind asyncapi
  appconn search invoice --application shop -o json | jq -r '.items[].serviceId'`;

export function searchCommand(context: CommandContext): Command {
  const command = new Command("search")
    .description("Find Applications, their services, and what stands in the documents of these.")
    .argument("<words...>", "what is searched for")
    .option("--application <name>", "only what belongs to this Application")
    .addOption(new Option("--kind <kind>", "only these").choices(KINDS))
    .addOption(new Option("--limit <number>", "how many at most").argParser(readLimit).default(20))
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS))
    .addHelpText("after", DETAILS)
    .action((words: readonly string[], options: SearchOptions) => search(context, words.join(" "), options));
  return addServerOptions(command);
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number from 1 to 99999.");
}

interface Found {
  readonly items: readonly PlainObject[];
  /** Whether the server had looked at everything. */
  readonly isComplete: boolean;
}

async function search(context: CommandContext, words: string, options: SearchOptions): Promise<void> {
  if (words.trim() === "") throw usageError("error: say what is searched for");
  const { stdout, stderr } = context.terminal;
  using server = openServer(context, options);
  const { items, isComplete } = await find(server.client, words, options);
  if (!isComplete) stderr.write("The index is being brought up to date; there may be more to find soon\n");
  const format = options.output ?? (stdout.isTTY === true ? "table" : "json");
  if (format === "json") stdout.write(`${JSON.stringify({ items }, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify({ items }, { lineWidth: 0 }));
  else if (format === "name") for (const item of items) stdout.write(`${nameOf(item)}\n`);
  else printTable(context, items, options);
}

async function find(client: ApiClient, words: string, options: SearchOptions): Promise<Found> {
  const { application, kind, limit } = options;
  const items: PlainObject[] = [];
  let next: string | undefined;
  let isComplete = true;
  do {
    const query = {
      q: words,
      ...(application === undefined ? {} : { application }),
      ...(kind === undefined ? {} : { kind }),
      limit: String(Math.min(limit - items.length, PAGE)),
      ...(next === undefined ? {} : { continue: next }),
    };
    // oxlint-disable-next-line no-await-in-loop -- page by page
    const { body } = await client.request({ path: "/v1/search", query });
    items.push(...objectsAt(body, "items"));
    isComplete &&= valueAt(body, "complete") !== false;
    next = textAt(body, "continue");
  } while (next !== undefined && items.length < limit);
  return { items, isComplete };
}

function nameOf(item: PlainObject): string {
  const parts = [textAt(item, "application"), textAt(item, "serviceId")];
  return printable(parts.filter((part) => part !== undefined).join("/"));
}

function printTable(
  { terminal }: CommandContext,
  items: readonly PlainObject[],
  { output, headers }: SearchOptions,
): void {
  if (items.length === 0) {
    terminal.stderr.write("Nothing found\n");
    return;
  }
  const emphasis = emphasisFor(terminal.stdout, terminal.environment);
  const style = { wide: output === "wide", namespaces: false, prefix: "", headers, emphasis };
  terminal.stdout.write(new TableRenderer(style).render(foundTable(items, emphasis)));
}
