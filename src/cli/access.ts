import { Command } from "commander";
import { accessCreateCommand } from "./access-create.ts";
import { accessListCommand } from "./access-list.ts";
import { accessRevokeCommand } from "./access-revoke.ts";
import type { CommandContext } from "./command-context.ts";

const DETAILS = `
Examples:
  appconn access create ci --role editor --application shop --expires 90d
  appconn access list
  appconn access revoke ci`;

export function accessCommand(context: CommandContext): Command {
  return new Command("access")
    .description("Make, list and revoke the tokens by which people and programs use the admin API.")
    .addHelpText("after", DETAILS)
    .helpCommand(false)
    .addCommand(accessCreateCommand(context).summary("make a named token with a role"))
    .addCommand(accessListCommand(context).summary("list who may do what, and when it was used last"))
    .addCommand(accessRevokeCommand(context).summary("end a token at once"));
}
