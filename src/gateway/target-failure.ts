import type { TransportProblem } from "../outbound/transport-error.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";

/**
 * What a caller is told of a failed exchange with the target: the kind of failure, never an internal
 * address or what the target sent (gateway spec §14 **[D]**).
 */
export function targetFailure(error: Error): GatewayRefusal {
  const code = codeOf(error);
  if (code === "EGRESS_REFUSED") return refusal("GATEWAY_EGRESS_REFUSED");
  const ownFault = CALLER_REASONS[code];
  if (ownFault !== undefined) return refusal("GATEWAY_MALFORMED_REQUEST", ownFault);
  return refusal(
    "GATEWAY_TARGET_FAILED",
    TARGET_REASONS[code] ?? certificateReason(code) ?? "the connection failed",
  );
}

type CallerProblem = "REQUEST_LENGTH_MISMATCH" | "UNSENDABLE_REQUEST";

/** What the target never saw: credentials and parameters have been checked when they were configured. */
const CALLER_REASONS: Readonly<Record<string, string>> = {
  REQUEST_LENGTH_MISMATCH: "its Content-Length does not fit its body",
  UNSENDABLE_REQUEST: "it holds characters that cannot be sent",
} satisfies Record<CallerProblem, string>;

const TARGET_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name could not be resolved",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its network cannot be reached",
  ETIMEDOUT: "connecting timed out",
  CONNECT_TIMEOUT: "connecting timed out",
  PROXY_REFUSED: "the proxy refused the connection",
  HEAD_TOO_LARGE: "its answer has too large headers",
  MALFORMED_ANSWER: "its answer is not well-formed HTTP",
  ANSWER_TOO_SHORT: "its answer is shorter than it says",
  CLOSED_BEFORE_ANSWER: "the connection was closed before an answer",
  CONNECTIONS_CLOSED: "the gateway is being stopped",
  NO_HTTP2: "it does not speak HTTP/2",
  NOT_PROCESSED: "it refused to process the request",
  STREAM_RESET: "its stream was reset, by it or because its answer is not well-formed HTTP/2",
  PING_TIMEOUT: "the connection does not answer any more",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "it speaks no version of HTTP that it was offered",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it requires a client certificate",
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: "it refused the TLS handshake",
  "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE": "it refused the TLS handshake",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed and not trusted",
} satisfies Record<Exclude<TransportProblem, CallerProblem>, string> & Record<string, string>;

function certificateReason(code: string): string | undefined {
  if (/CERT|ISSUER|SIGNATURE/.test(code)) return "its certificate is not trusted";
  return code.startsWith("ERR_SSL") ? "the TLS handshake failed" : undefined;
}

/** The first code along the chain of causes; several attempted addresses count as the first of them. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
