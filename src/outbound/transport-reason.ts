/** What an operator can look for, instead of the addresses and internals that the messages carry. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection reset",
  ECONNABORTED: "connection reset",
  UND_ERR_SOCKET: "connection closed before the answer was complete",
  ENOTFOUND: "host name not found",
  EAI_AGAIN: "host name could not be resolved",
  ETIMEDOUT: "connecting took too long",
  UND_ERR_CONNECT_TIMEOUT: "connecting took too long",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  EADDRNOTAVAIL: "network unreachable",
  UND_ERR_HEADERS_OVERFLOW: "the headers of the answer are too large",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer's length is not the promised one",
};

/** Codes whose messages say in few words what is wrong with the server's certificate, and no address. */
const CERTIFICATE_PROBLEM = /^(CERT_|CRL_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|INVALID_)/;

/**
 * Whether the connection went away under the request: reset, or closed after it had served an earlier one
 * (something had been read on it before). A new connection that is closed without an answer is an answer.
 */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== "UND_ERR_SOCKET") return code === "ECONNRESET" || code === "EPIPE";
  const { socket } = error as Error & { readonly socket?: { readonly bytesRead?: number } | null };
  return (socket?.bytesRead ?? 0) > 0;
}

/**
 * Why an exchange failed, in words that may be shown to a caller: no address, no internal path. Node's own
 * messages carry both, and that of an AggregateError (several addresses tried) is empty.
 */
export function transportReason(error: unknown): string {
  const code = codeOf(error);
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (CERTIFICATE_PROBLEM.test(code) && error instanceof Error) return error.message;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "the server's certificate is for another host name";
  if (code.startsWith("ERR_SSL_")) return `TLS handshake failed (${code})`;
  // undici's parser errors have a code only in some of its builds, and bytes of the answer in `data`.
  if (error instanceof Error && error.name === "HTTPParserError") return "the answer is not HTTP";
  if (code === "EGRESS_REFUSED") return "the egress policy refuses the address";
  return code === "" ? "the request could not be sent" : `the request could not be sent (${code})`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
}
