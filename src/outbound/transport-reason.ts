import { StaleConnection } from "./stale-connection.ts";

/** What an operator can look for, instead of the addresses and internals that the messages carry. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection reset",
  ECONNABORTED: "connection reset",
  CLOSED_BEFORE_ANSWER: "connection closed before the answer was complete",
  ANSWER_TOO_SHORT: "connection closed before the answer was complete",
  ENOTFOUND: "host name not found",
  EAI_AGAIN: "host name could not be resolved",
  ETIMEDOUT: "connecting took too long",
  CONNECT_TIMEOUT: "connecting took too long",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  EADDRNOTAVAIL: "network unreachable",
  HEAD_TOO_LARGE: "the headers of the answer are too large",
  MALFORMED_ANSWER: "the answer is not HTTP",
  PROXY_REFUSED: "the proxy refused the connection",
  REQUEST_LENGTH_MISMATCH: "the request's body is longer or shorter than it says",
  UNSENDABLE_REQUEST: "the request holds characters that cannot be sent",
  CONNECTIONS_CLOSED: "the gateway is being stopped",
  NO_HTTP2: "the server does not speak HTTP/2",
  NOT_PROCESSED: "the server refused to process the request",
  STREAM_RESET: "the stream was reset",
  PING_TIMEOUT: "the connection does not answer any more",
  EGRESS_REFUSED: "the egress policy refuses the address",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "the server speaks no version of HTTP that it was offered",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "the server requires a client certificate",
};

/** Codes whose messages say in few words what is wrong with the server's certificate, and no address. */
const CERTIFICATE_PROBLEM = /^(CERT_|CRL_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|INVALID_)/;

/**
 * Whether the connection went away under the request: reset, or closed after it had been kept for a while. A
 * new connection that is closed without an answer is an answer.
 */
export function isLostConnection(error: unknown): boolean {
  const code = transportCode(error);
  return error instanceof StaleConnection || code === "ECONNRESET" || code === "EPIPE";
}

/** Whether the host's name resolves to nothing that the egress policy allows. */
export function isEgressRefusal(error: unknown): boolean {
  return transportCode(error) === "EGRESS_REFUSED";
}

/**
 * Why an exchange failed, in words that may be shown to a caller: no address, no internal path. Node's own
 * messages carry both, and that of an AggregateError (several addresses tried) is empty.
 */
export function transportReason(error: unknown): string {
  const code = transportCode(error);
  const known = REASONS[code];
  if (known !== undefined) return known;
  // Behind a semicolon Node advises a flag of its own, which is not how this product trusts an authority.
  if (CERTIFICATE_PROBLEM.test(code) && error instanceof Error) return error.message.split(";", 1).join("");
  if (code.startsWith("ERR_SSL_")) return `TLS handshake failed (${code})`;
  return code === "" ? "the request could not be sent" : `the request could not be sent (${code})`;
}

/** The code of what went wrong, wherever in the chain it is; of several addresses, the first. Empty without one. */
export function transportCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return code;
  return error instanceof AggregateError ? transportCode(error.errors[0]) : transportCode(error.cause);
}
