import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { AUTHORITY_PATH, readAuthorities, type Authority } from "./pairing/authorities.ts";
import { readHash } from "./pairing/read-hash.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface RetireOptions extends ConnectionOptions {
  readonly force?: boolean;
}

const DETAILS = `
Refused as long as certificates rest on it whose owners would be shut out, unless --force is given.

Examples:
  appconn ca show
  appconn ca retire 3f0a9c41d2b7`;

export function caRetireCommand(context: CommandContext): Command {
  const command = new Command("retire")
    .description("End an old authority: its certificates do not count any more.")
    .argument("<hash>", "SHA-256 of the authority, or its first digits, at least 8")
    .option("--force", "also when certificates rest on it")
    .addHelpText("after", DETAILS)
    .action((hash: string, options: RetireOptions) => retire(context, hash, options));
  return addServerOptions(command);
}

async function retire(context: CommandContext, text: string, options: RetireOptions): Promise<void> {
  const digits = readHash(text);
  using server = openServer(context, options);
  const { authorities } = await readAuthorities(server);
  const { hash, name, live } = meant(authorities, digits);
  if (live > 0 && !options.force) {
    throw new CommandError(
      `${live} certificates that count rest on ${name} (${hash.slice(0, 12)}): wait until they are renewed ` +
        "(`appconn cert list --all`), or shut their owners out with --force",
    );
  }
  await server.client.request({ method: "POST", path: `${AUTHORITY_PATH}/retirements`, body: { hash } });
  context.terminal.stdout.write(`retired ${name}: ${hash}\n`);
}

function meant(authorities: readonly Authority[], digits: string): Authority {
  const found = authorities.filter(({ hash }) => hash.startsWith(digits));
  const [only, ...others] = found;
  if (!only)
    throw new CommandError(`no authority that counts has the hash ${digits}: \`appconn ca show\` lists them`);
  if (others.length > 0) {
    throw new CommandError(
      `${found.length} authorities have a hash that begins with ${digits}: give more digits`,
    );
  }
  if (only.role !== "old") {
    const use = only.role === "signs" ? "signs now" : "stands above the one that signs now";
    throw new CommandError(`${only.name} ${use}: run \`appconn ca rotate\` first`);
  }
  return only;
}
