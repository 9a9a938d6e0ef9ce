import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import {
  addExternalOptions,
  addKeyOption,
  sessionOf,
  type ExternalOptions,
  type KeyOptions,
} from "./pairing/external-options.ts";
import { IdentityDirectory } from "./pairing/identity-directory.ts";
import { renewIdentity } from "./pairing/renew-identity.ts";
import { dayAndTime } from "./pairing/times.ts";

const DETAILS = `
The new pair is tried before it takes the place of the old one, all files at once. The old certificate counts
until its own end.

Examples:
  appconn cert renew ./shop-identity
  appconn cert renew ./shop-identity --key ec-p256`;

export function certRenewCommand(context: CommandContext): Command {
  const command = new Command("renew")
    .description("Get a new certificate for a new key, with the identity that is there.")
    .argument("<dir>", "directory of the identity")
    .addHelpText("after", DETAILS)
    .action((path: string, options: ExternalOptions & KeyOptions) => renew(context, path, options));
  return addExternalOptions(addKeyOption(command, "the kind of the old one"));
}

async function renew(
  context: CommandContext,
  path: string,
  options: ExternalOptions & KeyOptions,
): Promise<void> {
  const directory = new IdentityDirectory(path);
  const order = { directory, algorithm: options.key, now: Date.now() };
  const { application, expiresAt, serialNumber } = await renewIdentity(order, sessionOf(context, options));
  context.terminal.stdout.write(
    `renewed ${application}: until ${dayAndTime(expiresAt)}, serial ${serialNumber}\n`,
  );
}
