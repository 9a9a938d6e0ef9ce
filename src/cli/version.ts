import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { textAt } from "./json-fields.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface VersionOptions extends ConnectionOptions {
  readonly client?: boolean;
  readonly output?: "json" | "yaml";
}

const DETAILS = `
The server is asked when one is known and answers; that none does is no failure.

Examples:
  appconn version
  appconn version --client
  appconn version -o json`;

/** Milliseconds that a server has to tell its version: nobody waits longer for a question in passing. */
const PATIENCE = 2000;

export function versionCommand(context: CommandContext): Command {
  const command = new Command("version")
    .description("Show the version of this program, and of the server where one answers.")
    .option("--client", "only that of this program")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["json", "yaml"]))
    .addHelpText("after", DETAILS)
    .action((options: VersionOptions) => version(context, options));
  return addServerOptions(command);
}

async function version(context: CommandContext, options: VersionOptions): Promise<void> {
  const { server, problem } = options.client ? {} : await askServer(context, options);
  const client = { version: context.version, node: process.version, platform: process.platform };
  const { stdout } = context.terminal;
  const all = server ? { client, server } : { client };
  if (options.output === "json") stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  else if (options.output === "yaml") stdout.write(stringify(all));
  else {
    stdout.write(`appconn ${client.version} (Node ${client.node})\n`);
    if (server) stdout.write(`server  ${server.version} at ${server.url}\n`);
  }
  if (problem !== undefined) context.terminal.stderr.write(`${problem}\n`);
}

interface Asked {
  readonly server?: { readonly version: string; readonly url: string };
  readonly problem?: string;
}

async function askServer(context: CommandContext, options: VersionOptions): Promise<Asked> {
  try {
    using server = openServer(context, {
      ...options,
      requestTimeout: Math.min(options.requestTimeout, PATIENCE),
    });
    const { body } = await server.client.request({ path: "/version" });
    const found = textAt(body, "gitVersion") ?? "of an unknown version";
    return { server: { version: found, url: server.connection.server } };
  } catch (error) {
    if (error instanceof CommandError) return { problem: error.message };
    throw error;
  }
}
