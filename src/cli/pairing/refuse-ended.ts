import { CommandError } from "../command-error.ts";
import type { Identity } from "./identity-directory.ts";

/** No server would take it: said here, since the server can only hang up. `now`: milliseconds since the epoch. */
export function refuseEnded({ connection, leaf }: Identity, directory: string, now: number): void {
  const again = `pair again with a new link and \`appconn connect '<link>' --out ${directory} --force\``;
  if (connection.revokedAt !== undefined) {
    throw new CommandError(`the identity in ${directory} was revoked on ${connection.revokedAt}: ${again}`);
  }
  if (leaf.validToDate.getTime() <= now) {
    const end = leaf.validToDate.toISOString();
    throw new CommandError(`the certificate in ${directory} expired on ${end}: ${again}`);
  }
}
