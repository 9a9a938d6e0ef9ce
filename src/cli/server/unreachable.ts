import { reasonOf } from "../../core/failures.ts";
import { CommandError } from "../command-error.ts";
import type { Connection } from "./connection.ts";

/** OpenSSL's and Node's codes for a certificate that is not to be trusted. */
const UNTRUSTED = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

const NAME_IT = "Name the kubeconfig that this server wrote into its data directory";

/** Nobody answered, or nobody who knows us: whatever else the command wants to ask will fail too. */
export class Unreachable extends CommandError {}

/** Says what a failed exchange means for the person who typed the command. */
export function unreachable(connection: Connection, error: unknown): Unreachable {
  const where = `${connection.server} (from ${connection.source})`;
  const cause = { cause: error };
  const code = codeOf(error);
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return new Unreachable(`no server answers at ${where}: start it with \`appconn serve\``, cause);
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return new Unreachable(`the server at ${where} does not answer in time`, cause);
  }
  if (UNTRUSTED.test(code)) {
    return new Unreachable(`the certificate of ${where} is not trusted: ${code}. ${NAME_IT}`, cause);
  }
  if (code === "EPROTO") {
    // OpenSSL's text names the lines of its source.
    return new Unreachable(`${where} does not speak TLS, so it is not the admin API. ${NAME_IT}`, cause);
  }
  // Node says no more than "aborted" or "socket hang up".
  if (code === "ECONNRESET") {
    return new Unreachable(
      `${where} has closed the connection in the middle: look whether the server still runs`,
      cause,
    );
  }
  return new Unreachable(`cannot talk to ${where}: ${reasonOf(error)}`, cause);
}

/** In kubectl's words, with what kubectl leaves out. */
export function unauthorized({ server, source }: Connection): Unreachable {
  return new Unreachable(
    "error: You must be logged in to the server (Unauthorized)\n" +
      `${server} does not accept the credentials of ${source}. ${NAME_IT}`,
  );
}

/** Connecting to a name with several addresses fails with all their errors together. */
function codeOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors as readonly unknown[])[0] : error;
  return (first as NodeJS.ErrnoException | undefined)?.code ?? "";
}
