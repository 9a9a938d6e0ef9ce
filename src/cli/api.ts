import { Command } from "commander";
import { apiDocsCommand } from "./api-docs.ts";
import { apiListCommand } from "./api-list.ts";
import type { CommandContext } from "./command-context.ts";

const DETAILS = `
Examples:
  appconn api list shop
  appconn api list shop -o wide
  appconn api docs shop/orders --type openapi`;

export function apiCommand(context: CommandContext): Command {
  return new Command("api")
    .description("Show what an external system has registered.")
    .addHelpText("after", DETAILS)
    .helpCommand(false)
    .addCommand(apiListCommand(context).summary("list APIs and events, and where they are called"))
    .addCommand(
      apiDocsCommand(context).summary("show the documents of a service, and what is wrong with them"),
    );
}
