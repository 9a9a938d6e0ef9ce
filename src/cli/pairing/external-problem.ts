import { reasonOf } from "../../core/failures.ts";
import { CommandError } from "../command-error.ts";
import { printable } from "../output/printable.ts";

/** A server of the pairing answered with a refusal. */
export class ExternalRefusal extends CommandError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** OpenSSL's and Node's codes for a server certificate that is not to be trusted. */
const UNTRUSTED = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;
/** How a server says that the client certificate is not to its liking; some only hang up. */
const CLIENT_REFUSED =
  /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE|ACCESS_DENIED|UNSUPPORTED_CERT)|ALERT.*CERTIFICATE/;

/** Says what a failed exchange with `place` means; `asClient`: our certificate was shown. */
export function externalProblem(place: string, error: unknown, asClient: boolean): CommandError {
  const cause = { cause: error };
  const { code = "", message: reason } = firstOf(error);
  const fail = (text: string): CommandError => new CommandError(text, cause);
  if (error instanceof Error && error.name === "TimeoutError") {
    return fail(`${place} does not answer in time: try again, or raise --request-timeout`);
  }
  if (code === "ECONNREFUSED") {
    return fail(`nothing listens at ${place}: is the server running, and can this machine reach it?`);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return fail(`the name of ${place} is not known here: check the name, or this machine's DNS`);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return fail(`the certificate of ${place} is for another name: ${printable(reason)}`);
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return fail(
      `the certificate of ${place} is not valid now (${code}): it, or this machine's clock, is wrong`,
    );
  }
  if (UNTRUSTED.test(code)) {
    return fail(
      `the certificate of ${place} is not trusted (${code}): use a link that ends in #ca-sha256=…, ` +
        "or name its authority with --server-ca",
    );
  }
  if (asClient && CLIENT_REFUSED.test(code)) {
    return fail(
      `${place} does not take this client certificate (${code}): it may be of another installation`,
    );
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    const hint = asClient ? ": it may not take this client certificate" : "";
    return fail(`${place} closed the connection without an answer${hint}`);
  }
  return fail(`cannot talk to ${place}: ${printable(reason)}`);
}

/** Connecting to a name with several addresses fails with all their errors together, and with no text. */
function firstOf(error: unknown): { readonly code?: string | undefined; readonly message: string } {
  const first = error instanceof AggregateError ? (error.errors as readonly unknown[])[0] : error;
  return { code: (first as NodeJS.ErrnoException | undefined)?.code, message: reasonOf(first) };
}
