import { Command } from "commander";
import { accessTable } from "./access/access-table.ts";
import type { CommandContext } from "./command-context.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { addListOptions, printList, type ListOptions, type ListStyle } from "./output/print-list.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

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
    .addHelpText("after", DETAILS)
    .action((options: ListOptions & ConnectionOptions) => list(context, options));
  return addServerOptions(addListOptions(command));
}

async function list(context: CommandContext, options: ListOptions & ConnectionOptions): Promise<void> {
  using server = openServer(context, options);
  const { body } = await server.client.request({ path: "/v1/access/tokens" });
  const items = objectsAt(body, "items");
  const shown = {
    items,
    names: () => items.map((item) => textAt(item, "name") ?? ""),
    table: ({ emphasis }: ListStyle) => accessTable(items, emphasis, Date.now()),
    none: "No access tokens found",
  };
  await printList(context, shown, options);
}
