import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError, usageError } from "./command-error.ts";
import { confirm } from "./pairing/confirm.ts";
import { sessionOf } from "./pairing/external-options.ts";
import { IdentityDirectory } from "./pairing/identity-directory.ts";
import { issuedEverywhere } from "./pairing/issued-certificates.ts";
import { readHash } from "./pairing/read-hash.ts";
import { revokeIdentity } from "./pairing/revoke-identity.ts";
import { openServer, type OpenServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface RevokeOptions extends ConnectionOptions {
  readonly hash?: string;
  readonly yes?: boolean;
}

const DETAILS = `
With a directory, the identity in it revokes itself: the external system's side, which needs no access to the
server. With --hash, an administrator revokes any certificate: by its SHA-256, as \`appconn cert list\`, openssl
and browsers show it, or by the first digits of that.

A revoked certificate is refused at once, and for ever. At a terminal this asks first.

Examples:
  appconn cert revoke ./shop-identity
  appconn cert revoke --hash 3f0a9c41d2b7 --yes
  appconn cert revoke --hash "$(openssl x509 -in client.crt -noout -fingerprint -sha256 | cut -d= -f2)"`;

export function certRevokeCommand(context: CommandContext): Command {
  const command = new Command("revoke")
    .description("Revoke the certificate of an identity, or any certificate by its hash.")
    .argument("[dir]", "directory of the identity")
    .option("--hash <hex>", "SHA-256 of the certificate, or its first digits, at least 8")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", DETAILS)
    .action((path: string | undefined, options: RevokeOptions) => revoke(context, path, options));
  return addServerOptions(command);
}

async function revoke(
  context: CommandContext,
  path: string | undefined,
  options: RevokeOptions,
): Promise<void> {
  if ((path === undefined) === (options.hash === undefined)) {
    throw usageError("error: say what to revoke: either the directory of an identity, or --hash");
  }
  if (path !== undefined) await revokeOwn(context, path, options);
  else await revokeByHash(context, options.hash ?? "", options);
}

async function revokeOwn(context: CommandContext, path: string, options: RevokeOptions): Promise<void> {
  const directory = new IdentityDirectory(path);
  const { connection } = await directory.read();
  await agree(context, options, `Revoke the identity of ${connection.application} in ${path} for ever?`);
  await revokeIdentity(directory, sessionOf(context, options), Date.now());
  context.terminal.stdout.write(`revoked ${connection.application}: ${connection.hash}\n`);
}

async function revokeByHash(context: CommandContext, text: string, options: RevokeOptions): Promise<void> {
  const digits = readHash(text);
  using server = openServer(context, options);
  const hash = digits.length === 64 ? digits : await completed(digits, server);
  await agree(context, options, `Revoke the certificate ${hash} for ever?`);
  const path = "/v1/applications/certificates/revocations";
  await server.client.request({ method: "POST", path, body: { hash } });
  context.terminal.stdout.write(`revoked ${hash}\n`);
}

async function completed(digits: string, server: OpenServer): Promise<string> {
  const found = new Set<string>();
  for await (const { hash } of issuedEverywhere(server)) if (hash.startsWith(digits)) found.add(hash);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new CommandError(
    only === undefined
      ? `no certificate of the Applications that are there has a hash that begins with ${digits}: give all 64 digits`
      : `${found.size} certificates have a hash that begins with ${digits}: give more digits`,
  );
}

async function agree({ terminal }: CommandContext, options: RevokeOptions, question: string): Promise<void> {
  if (options.yes || (await confirm(terminal, question))) return;
  throw new CommandError("nothing was revoked");
}
