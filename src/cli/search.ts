import { Command, InvalidArgumentError, Option } from "commander";
import type { PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { objectsAt, textAt, valueAt } from "./json-fields.ts";
import { addListOptions, printList, type ListOptions, type ListStyle } from "./output/print-list.ts";
import { printable } from "./output/printable.ts";
import { foundTable } from "./registry/found-table.ts";
import type { ApiClient } from "./server/api-client.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const KINDS = ["application", "service", "openapi", "asyncapi", "odata", "docs"] as const;

/** As many as the server gives at once. */
const PAGE = 50;

interface SearchOptions extends ConnectionOptions, ListOptions {
  readonly application?: string;
  readonly kind?: (typeof KINDS)[number];
  readonly limit: number;
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
    .addHelpText("after", DETAILS)
    .action((words: readonly string[], options: SearchOptions) => search(context, words.join(" "), options));
  return addServerOptions(addListOptions(command));
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
  using server = openServer(context, options);
  const { items, isComplete } = await find(server.client, words, options);
  if (!isComplete) {
    context.terminal.stderr.write("The index is being brought up to date; there may be more to find soon\n");
  }
  const shown = {
    items,
    names: () => items.map(nameOf),
    table: ({ emphasis }: ListStyle) => foundTable(items, emphasis),
    none: "Nothing found",
  };
  await printList(context, shown, options);
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
