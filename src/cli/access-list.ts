import { Command, Option } from "commander";
import { stringify } from "yaml";
import { accessTable } from "./access/access-table.ts";
import type { CommandContext } from "./command-context.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { TableRenderer } from "./output/render-table.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

interface ListOptions extends ConnectionOptions {
  readonly headers: boolean;
  readonly output?: (typeof FORMATS)[number];
}

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON. Tokens themselves are not kept: PREFIX is how they begin.
The owner of the data directory, whose token is in admin-token, is not listed. LAST USED is right to the minute.

Examples:
  appconn access list
  appconn access list -o json | jq -r '.items[] | select(.lastUsedAt == null) | .name'`;

export function accessListCommand(context: CommandContext): Command {
  const command = new Command("list")
    .description(
      "List the access tokens: whose they are, what they are good for, and when they were used last.",
    )
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS))
    .addHelpText("after", DETAILS)
    .action((options: ListOptions) => list(context, options));
  return addServerOptions(command);
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const { stdout, stderr, environment } = context.terminal;
  using server = openServer(context, options);
  const { body } = await server.client.request({ path: "/v1/access/tokens" });
  const items = objectsAt(body, "items");
  const format = options.output ?? (stdout.isTTY === true ? "table" : "json");
  if (format === "json") stdout.write(`${JSON.stringify({ items }, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify({ items }));
  else if (format === "name") for (const item of items) stdout.write(`${textAt(item, "name") ?? ""}\n`);
  else if (items.length === 0) stderr.write("No access tokens found\n");
  else {
    const emphasis = emphasisFor(stdout, environment);
    const style = {
      wide: format === "wide",
      namespaces: false,
      prefix: "",
      headers: options.headers,
      emphasis,
    };
    stdout.write(new TableRenderer(style).render(accessTable(items, emphasis, Date.now())));
  }
}
