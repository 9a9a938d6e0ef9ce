import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { CommandContext } from "./command-context.ts";
import { textAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { authorityTable, readAuthorities } from "./pairing/authorities.ts";
import { defaultFormat } from "./output/output-format.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface ShowOptions extends ConnectionOptions {
  readonly output?: "table" | "json" | "yaml" | "pem";
}

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON. CERTIFICATES counts those that rest on an authority now:
as long as there are any, retiring it shuts their owners out. STATUS tells which one signs, which one stands above
it, and which ones still count after a rotation. -o pem prints the bundle of all authorities that
count, for proxies that check client certificates themselves.

Examples:
  appconn ca show
  appconn ca show -o pem > client-ca-bundle.pem`;

export function caShowCommand(context: CommandContext): Command {
  const command = new Command("show")
    .description("Show which authority signs client certificates, and which ones count.")
    .addOption(
      new Option("-o, --output <format>", "form of the output").choices(["table", "json", "yaml", "pem"]),
    )
    .addHelpText("after", DETAILS)
    .action((options: ShowOptions) => show(context, options));
  return addServerOptions(command);
}

async function show(context: CommandContext, options: ShowOptions): Promise<void> {
  const { stdout, environment } = context.terminal;
  using server = openServer(context, options);
  const { body, authorities } = await readAuthorities(server);
  const format = options.output ?? defaultFormat(stdout);
  if (format === "json") stdout.write(`${JSON.stringify(body, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify(body));
  else if (format === "pem") stdout.write(textAt(body, "bundle") ?? "");
  else stdout.write(authorityTable(authorities, emphasisFor(stdout, environment)));
}
