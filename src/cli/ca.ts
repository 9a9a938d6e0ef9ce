import { Command } from "commander";
import { caRetireCommand } from "./ca-retire.ts";
import { caRotateCommand } from "./ca-rotate.ts";
import { caShowCommand } from "./ca-show.ts";
import type { CommandContext } from "./command-context.ts";

const DETAILS = `
Rotation has three steps: rotate, so that another authority signs while the old one still counts; wait until
every client has renewed; retire the old one. None of them needs a restart.

Examples:
  appconn ca show
  appconn ca rotate
  appconn ca retire 3f0a9c41d2b7`;

export function caCommand(context: CommandContext): Command {
  return new Command("ca")
    .description("Show and rotate the authority that signs client certificates.")
    .addHelpText("after", DETAILS)
    .helpCommand(false)
    .addCommand(caShowCommand(context).summary("show which authorities sign and count"))
    .addCommand(caRotateCommand(context).summary("let a new authority sign"))
    .addCommand(caRetireCommand(context).summary("end an old authority"));
}
