import { Command, Option } from "commander";
import type { PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { addListOptions, printList, type ListOptions, type PrintedList } from "./output/print-list.ts";
import { printable } from "./output/printable.ts";
import { documentTable, findingTable } from "./registry/document-table.ts";
import { findService } from "./registry/find-service.ts";
import type { ApiClient, ApiRequest } from "./server/api-client.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const TYPES = ["openapi", "asyncapi", "docs", "odata"] as const;

interface DocsOptions extends ConnectionOptions, ListOptions {
  readonly type?: (typeof TYPES)[number];
  readonly report?: boolean;
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
    .addHelpText("after", DETAILS)
    .action((place: string, options: DocsOptions) => show(context, place, options));
  return addServerOptions(addListOptions(command));
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
    const none = `${printable(displayName)} has no documents`;
    return await printList(
      context,
      listOf(documents, { table: () => documentTable(documents), none }),
      options,
    );
  }
  const reports = await Promise.all(documents.map((document) => reportOf(client, at, document)));
  const items = reports.flatMap((found) =>
    objectsAt(found, "findings").map((finding) => ({ type: textAt(found, "type"), ...finding })),
  );
  const none = "The checks found nothing";
  await printList(context, listOf(items, { table: () => findingTable(items), none }), options);
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

/** The types alone are the names of documents, and of what was found in them. */
function listOf(items: readonly PlainObject[], shown: Pick<PrintedList, "table" | "none">): PrintedList {
  return { ...shown, items, names: () => new Set(items.map((item) => textAt(item, "type") ?? "")) };
}
