import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { confirm } from "./pairing/confirm.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface RevokeOptions extends ConnectionOptions {
  readonly yes?: boolean;
}

const DETAILS = `
The token is refused from then on, and what it has open, such as watches, ends within a second. The token of the
owner of the data directory is revoked by writing another one into admin-token.

Examples:
  appconn access revoke ci
  appconn access revoke ci --yes`;

export function accessRevokeCommand(context: CommandContext): Command {
  const command = new Command("revoke")
    .description("End an access token at once.")
    .argument("<name>", "name of the user")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", DETAILS)
    .action((name: string, options: RevokeOptions) => revoke(context, name, options));
  return addServerOptions(command);
}

async function revoke(context: CommandContext, name: string, options: RevokeOptions): Promise<void> {
  using server = openServer(context, options);
  if (!options.yes && !(await confirm(context.terminal, `Revoke the access token of ${name}?`))) {
    throw new CommandError("nothing was revoked");
  }
  const path = `/v1/access/tokens/${encodeURIComponent(name)}`;
  await server.client.request({ method: "DELETE", path });
  context.terminal.stdout.write(`revoked ${name}\n`);
}
