import { defineFailures, formatText } from "../core/failures.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import type { GatewayErrorCategory } from "../telemetry/channels.ts";

/**
 * What the gateway itself answers (gateway spec §15). Statuses and texts up to GATEWAY_NOT_SYNCED are the
 * original's, because clients and runbooks match on them; the rest is ours.
 */
export const gatewayFailures = defineFailures({
  GATEWAY_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "failed to extract API Identifier from path",
    category: "request",
    remedy:
      "Call /{application}/{service}/… on 8080 or /{application}/{service}/{entry}/… on 8082, without dot segments that climb above the target's path.",
  },
  GATEWAY_AMBIGUOUS_SERVICE: {
    status: 400,
    actor: "operator",
    text: "failed to get service with name '%s': multiple services found: %s",
    category: "request",
    remedy: "Give the services different display names, or call the entry by its own name on 8082.",
  },
  GATEWAY_AMBIGUOUS_ENTRY: {
    status: 400,
    actor: "operator",
    text: "failed to get service with name '%s' and entry name '%s': multiple services found: %s",
    category: "request",
    remedy: "Give the entries of the service different names.",
  },
  GATEWAY_UNKNOWN_SERVICE: {
    status: 404,
    actor: "caller",
    text: "service with name %s not found",
    category: "request",
    remedy: "Check the Application's name and the service's display name: appconn describe application NAME.",
  },
  GATEWAY_UNKNOWN_ENTRY: {
    status: 404,
    actor: "caller",
    text: "service with name %s and entry name %s not found",
    category: "request",
    remedy:
      "Check the names of the Application, the service and the entry: appconn describe application NAME.",
  },
  GATEWAY_SERVICE_WITHOUT_API: {
    status: 400,
    actor: "operator",
    text: "service with ID '%s' has no API",
    category: "request",
    remedy: "Add an entry of type API to the service.",
  },
  GATEWAY_NOT_SYNCED: {
    status: 500,
    actor: "operator",
    text: "failed to get service with name '%s': failed to get Application '%s' : %s",
    category: "config",
    remedy: "Wait until GET /v1/ready on 8081 answers 200; if it does not, look at the store.",
  },
  GATEWAY_AMBIGUOUS_HOST: {
    status: 400,
    actor: "operator",
    text: "host name '%s' stands for services of several Applications",
    category: "request",
    remedy: "Call the service by its path, or give one of the services another id.",
  },
  GATEWAY_MALFORMED_REQUEST: {
    status: 400,
    actor: "caller",
    text: "malformed request: %s",
    category: "request",
    remedy: "Send one well-formed HTTP/1.1 request with one Host and one way to delimit its body.",
  },
  GATEWAY_HEADERS_TOO_LARGE: {
    status: 431,
    actor: "caller",
    text: "request headers are larger than %s bytes",
    category: "request",
    remedy: "Send less in headers, or raise gateway.maxHeaderSize.",
  },
  GATEWAY_REQUEST_TIMEOUT: {
    status: 408,
    actor: "caller",
    text: "request headers did not arrive within %s",
    category: "request",
    remedy: "Send the request line and the headers at once.",
  },
  GATEWAY_CALLER_TOO_SLOW: {
    status: 502,
    actor: "caller",
    text: "the caller sent nothing of its body for %s",
    category: "request",
    remedy: "Send the body without long pauses, or raise gateway.requestTimeout.",
  },
  GATEWAY_CALLER_STALLED: {
    status: 502,
    actor: "caller",
    text: "the caller read nothing more of its answer for %s",
    category: "request",
    remedy: "Read the answer without long pauses, or raise gateway.streamIdleTimeout.",
  },
  GATEWAY_EXPECTATION_FAILED: {
    status: 417,
    actor: "caller",
    text: "the only expectation that can be met is 100-continue",
    category: "request",
    remedy: "Send the request without its Expect header.",
  },
  GATEWAY_METHOD_REFUSED: {
    status: 405,
    actor: "caller",
    text: "%s is refused: its answer would hold the credentials that the target is sent",
    category: "request",
    remedy: "Use another method. What reaches a target is in its own log.",
  },
  GATEWAY_CONNECT_REFUSED: {
    status: 405,
    actor: "caller",
    text: "CONNECT is refused: the gateway is no proxy for other hosts",
    category: "request",
    remedy:
      "Call registered APIs by their path on the gateway, and take the gateway out of the caller's proxy settings.",
  },
  GATEWAY_UPGRADE_REFUSED: {
    status: 400,
    actor: "caller",
    text: "the protocol cannot be switched: %s",
    category: "request",
    remedy:
      "Ask for one protocol in a request without a body, as RFC 9110 §7.8 and RFC 6455 §4.1 say, over a connection of its own.",
  },
  GATEWAY_TOO_MANY_TUNNELS: {
    status: 503,
    actor: "operator",
    text: "%s upgraded connections are open, and there may be no more",
    category: "limit",
    remedy: "Close some, or raise gateway.maxTunnels.",
  },
  GATEWAY_CALLER_REFUSED: {
    status: 403,
    actor: "caller",
    text: "this caller may not call the API: %s",
    category: "policy",
    remedy:
      "Check the annotations appconn.dev/allowed-callers and allowed-networks of the Application, and gateway.trustedXfccProxies.",
  },
  GATEWAY_RATE_LIMITED: {
    status: 429,
    actor: "caller",
    text: "the API is called more often than its rate limit allows",
    category: "limit",
    remedy: "Call again after the seconds in Retry-After, or raise the annotation appconn.dev/rate-limit.",
  },
  GATEWAY_TOO_MANY_AT_ONCE: {
    status: 503,
    actor: "caller",
    text: "as many calls of the API are under way as its concurrency limit allows",
    category: "limit",
    remedy:
      "Call again after the seconds in Retry-After, or raise the annotation appconn.dev/concurrency-limit.",
  },
  GATEWAY_CIRCUIT_OPEN: {
    status: 503,
    actor: "target",
    text: "the target has failed several times in a row and is left alone for a while",
    category: "limit",
    remedy:
      "Look at the earlier errors of the API. It is called again after the seconds in Retry-After (annotation appconn.dev/circuit-breaker).",
  },
  GATEWAY_EGRESS_REFUSED: {
    status: 502,
    actor: "operator",
    text: "the egress policy refuses the address of the target",
    category: "policy",
    remedy:
      "Check what the target's host name resolves to, outbound.deniedNetworks and the annotation appconn.dev/address-policy. Metadata addresses must be written as an address.",
  },
  GATEWAY_TARGET_FAILED: {
    status: 502,
    actor: "target",
    text: "the call to the target failed: %s",
    category: "target",
    remedy:
      "Check that the target is up, reachable and trusted from the gateway, and speaks HTTP/1.1 or what appconn.dev/target-protocol says.",
  },
  GATEWAY_TARGET_TIMEOUT: {
    status: 504,
    actor: "target",
    text: "target did not answer within %s",
    category: "target",
    remedy: "Make the target answer sooner, or raise gateway.proxyTimeout.",
  },
  GATEWAY_TARGET_STALLED: {
    status: 502,
    actor: "target",
    text: "the target sent nothing more of its answer for %s",
    category: "target",
    remedy: "Make the target send without long pauses, or raise gateway.streamIdleTimeout.",
  },
});

export type GatewayFailureCode = keyof typeof gatewayFailures;

/** A refusal with the text filled in. */
export function refusal(code: GatewayFailureCode, ...values: readonly (string | number)[]): GatewayRefusal {
  const { status, text, category } = gatewayFailures[code];
  return {
    kind: "refusal",
    code,
    status,
    message: formatText(text, values),
    category: category as GatewayErrorCategory,
  };
}

/** What a caller reads: JSON in the original's form, with a line feed (gateway spec §15). */
export function refusalBody({ status, message }: Refusal): string {
  return `${JSON.stringify({ code: status, error: message })}\n`;
}

export interface GatewayRefusal extends Refusal {
  readonly kind: "refusal";
}
