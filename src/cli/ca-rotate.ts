import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { AUTHORITY_PATH, authoritiesIn, authorityTable, retirable } from "./pairing/authorities.ts";
import { confirm } from "./pairing/confirm.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface RotateOptions extends ConnectionOptions {
  readonly compromised?: boolean;
  readonly yes?: boolean;
}

const DETAILS = `
Old and new authority count together until the old one is retired: no client notices. With --compromised, the
old ones end at once, and every external system must be paired again; at a terminal this asks first.

Examples:
  appconn ca rotate
  appconn ca rotate --compromised`;

export function caRotateCommand(context: CommandContext): Command {
  const command = new Command("rotate")
    .description("Let a new authority sign client certificates from now on.")
    .option("--compromised", "somebody else may have the key: the old authorities end at once")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", DETAILS)
    .action((options: RotateOptions) => rotate(context, options));
  return addServerOptions(command);
}

async function rotate(context: CommandContext, options: RotateOptions): Promise<void> {
  const { terminal } = context;
  const question =
    "Every certificate that was issued ends now, and every external system must pair again. Go on?";
  if (options.compromised && !options.yes && !(await confirm(terminal, question))) {
    throw new CommandError("nothing was rotated");
  }
  using server = openServer(context, options);
  const { body } = await server.client.request({
    method: "POST",
    path: `${AUTHORITY_PATH}/rotations`,
    ...(options.compromised ? { query: { compromised: "true" } } : {}),
  });
  const authorities = authoritiesIn(body, server);
  terminal.stdout.write(authorityTable(authorities, emphasisFor(terminal.stdout, terminal.environment)));
  for (const { hash } of retirable(authorities)) {
    terminal.stderr.write(`when its certificates are renewed: appconn ca retire ${hash.slice(0, 12)}
`);
  }
}
