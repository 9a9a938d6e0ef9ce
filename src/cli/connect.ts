import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError, usageError } from "./command-error.ts";
import { emphasisFor } from "./output/emphasis.ts";
import type { ConnectionRecord } from "./pairing/connection-record.ts";
import type { ExternalSession } from "./pairing/external-call.ts";
import {
  addExternalOptions,
  addKeyOption,
  sessionOf,
  type ExternalOptions,
  type KeyOptions,
} from "./pairing/external-options.ts";
import { IdentityDirectory } from "./pairing/identity-directory.ts";
import { linkTrust } from "./pairing/link-trust.ts";
import { completeConnection, pair } from "./pairing/pair.ts";
import type { PairingLink } from "./pairing/pairing-link.ts";
import { curlLine, pairedText } from "./pairing/print-paired.ts";
import { readPairingLink } from "./pairing/read-pairing-link.ts";
import { renewalDue } from "./pairing/renewal-times.ts";
import { dayAndTime, roughly } from "./pairing/times.ts";
import { watchIdentity } from "./pairing/watch-identity.ts";
import { stopSignals } from "./stop-signals.ts";

interface ConnectOptions extends ExternalOptions, KeyOptions {
  readonly out: string;
  readonly watch?: boolean;
  readonly serverCa?: string;
  readonly force?: boolean;
}

const DETAILS = `
The link is a secret that works once, for a few minutes. With - it is read from standard input, so that it
stands in no list of processes. Where the link ends in #ca-sha256=…, only a server whose certificate that
authority signed is sent anything; otherwise the system's authorities decide, or those of --server-ca.

What is written, all of it for its owner alone: client.key, client.crt (the certificate and its chain),
client-ca.crt, server-ca.crt and connection.json (URLs, expiry). An identity that is there stays, unless
--force is given. When this was interrupted, repeat it: the same link goes on where it stopped, unless the
certificate had been made already; then ask for a new link, and for the lost certificate to be revoked.

With --watch, the identity is renewed with a new key at two thirds of its life, until SIGTERM; files change
all at once. Later, without a link, --watch goes on with the identity that is there.

Examples:
  appconn connect 'https://…#ca-sha256=…' --out ./shop-identity
  appconn connect - --out ./shop-identity < link.txt
  appconn connect 'https://…' --out ./shop-identity --key ec-p256 --server-ca company-ca.crt
  appconn connect --out ./shop-identity --watch`;

export function connectCommand(context: CommandContext): Command {
  const command = new Command("connect")
    .description("Turn a pairing link into an identity: private key, client certificate and URLs.")
    .argument("[link]", "the pairing link, or - for standard input")
    .requiredOption("--out <dir>", "directory of the identity")
    .option("--watch", "stay, and renew the identity before it ends")
    .option("--server-ca <file>", "authorities of the server's certificate, PEM")
    .option("--force", "replace the identity that is there")
    .addHelpText("after", DETAILS)
    .action((link: string | undefined, options: ConnectOptions) => connect(context, link, options));
  return addExternalOptions(addKeyOption(command, "the kind that the server advises"));
}

async function connect(
  context: CommandContext,
  word: string | undefined,
  options: ConnectOptions,
): Promise<void> {
  const directory = new IdentityDirectory(options.out);
  if (word !== undefined) {
    const link = await readPairingLink(word, context.terminal);
    // Whoever lists the processes needs no link: from here on it stands in none.
    if (options.watch) process.title = "appconn connect --watch";
    await connectBy(link, { context, options, directory });
  } else if (!options.watch) {
    throw usageError(
      "error: a pairing link is missing; without one, --watch renews the identity that is there",
    );
  }
  if (options.watch) await watch(context, options, directory);
}

interface Connecting {
  readonly context: CommandContext;
  readonly options: ConnectOptions;
  readonly directory: IdentityDirectory;
}

async function connectBy(link: PairingLink, connecting: Connecting): Promise<void> {
  const { context, options, directory } = connecting;
  const { stdout, environment } = context.terminal;
  // All that can fail here fails before the token is spent.
  await directory.prepare();
  if (!(await isPairedWith(link, connecting))) {
    const common = sessionOf(context, options);
    const trust = await linkTrust(link, options.serverCa, common.timeout);
    const session: ExternalSession = { ...common, trust };
    await pair({ link, directory, algorithm: options.key, now: Date.now() }, session);
  }
  const record = await tried(connecting);
  stdout.write(pairedText(record, options.out, emphasisFor(stdout, environment)));
}

/** An earlier run may have come as far as this with the same link. */
async function isPairedWith(link: PairingLink, { options, directory }: Connecting): Promise<boolean> {
  if (await directory.isEmpty()) return false;
  const present = options.force ? await directory.find().catch(() => undefined) : await directory.find();
  if (present?.connection.pairedWith === link.fingerprint) return true;
  if (options.force) return false;
  const whose = present ? `the identity of ${present.connection.application}` : "files of that name";
  throw new CommandError(
    `there is ${whose} in ${directory.path} already, and the link was not used: ` +
      "choose another --out, or replace it with --force",
  );
}

async function tried({ context, options, directory }: Connecting): Promise<ConnectionRecord> {
  try {
    return await completeConnection(directory, sessionOf(context, options));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { connection } = await directory.read();
    throw new CommandError(
      `${connection.application} is paired and its identity is in ${directory.path}, but a call with it failed: ` +
        `${error.message}\nRepeat this command, or try: ${curlLine(connection, directory.path)}`,
      { cause: error },
    );
  }
}

async function watch(
  context: CommandContext,
  options: ConnectOptions,
  directory: IdentityDirectory,
): Promise<void> {
  const { stdout, stderr } = context.terminal;
  const { leaf, connection } = await directory.read();
  const due = renewalDue(leaf);
  if (due > Date.now()) {
    const when = dayAndTime(new Date(due).toISOString());
    stdout.write(
      `Stays, and renews the identity of ${connection.application} on ${when}. Ctrl-C ends that.\n`,
    );
  }
  using stop = stopSignals(
    process,
    () => performance.now(),
    () => process.exit(1),
  );
  await watchIdentity({
    directory,
    algorithm: options.key,
    session: { ...sessionOf(context, options), signal: stop.signal },
    now: () => Date.now(),
    random: Math.random,
    wait: async (milliseconds, signal) => {
      await delay(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    renewed: ({ application, expiresAt, serialNumber }) => {
      stdout.write(`renewed ${application}: until ${dayAndTime(expiresAt)}, serial ${serialNumber}\n`);
    },
    failed: ({ message }, milliseconds) => {
      stderr.write(`not renewed, next attempt in ${roughly(milliseconds)}: ${message}\n`);
    },
  });
}
