import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { tokenCreateCommand } from "./token-create.ts";

const DETAILS = `
Examples:
  appconn token create shop`;

export function tokenCommand(context: CommandContext): Command {
  return new Command("token")
    .description("Make pairing links, by which external systems get their identity.")
    .addHelpText("after", DETAILS)
    .helpCommand(false)
    .addCommand(tokenCreateCommand(context).summary("make a pairing link for an Application"));
}
