import { isNetwork } from "../core/network.ts";
import {
  bytes,
  duration,
  flag,
  listOf,
  oneOf,
  parseSeconds,
  port,
  text,
  wholeNumber,
  type Resolved,
} from "../config/setting.ts";

/** Settings of the gateway. The aliases are the original's flags (gateway spec §2; amendment A19). */
export const gatewaySettings = {
  host: text({
    default: "127.0.0.1",
    description: "Address that the listeners 8080, 8082 and 8081 bind to; 0.0.0.0 for all.",
  }),
  port: port({
    default: 8080,
    description: "Listener addressed by /{application}/{service}/… and by Access Service names.",
    aliases: [{ flag: "proxyPort" }],
  }),
  compassPort: port({
    default: 8082,
    description: "Listener addressed by /{application}/{service}/{entry}/….",
    aliases: [{ flag: "proxyPortCompass" }],
  }),
  healthPort: port({
    default: 8081,
    description: "Listener for health, readiness, log level and metrics.",
    aliases: [{ flag: "externalAPIPort" }],
  }),
  credentialsNamespace: text({
    default: "kyma-system",
    description: "Namespace of all Secrets that Applications refer to.",
    aliases: [{ flag: "applicationSecretsNamespace" }],
  }),
  proxyTimeout: duration({
    default: 10_000,
    description:
      "How long a call may take until the headers of its target's answer, requests for tokens included; the repetition after 401 or 403 has as long again.",
    aliases: [{ flag: "proxyTimeout", parse: parseSeconds }],
  }),
  requestTimeout: duration({
    default: 10_000,
    description:
      "How long a caller may take for its headers, between two pieces of its body, and between two calls on one connection.",
    aliases: [{ flag: "requestTimeout", parse: parseSeconds }],
  }),
  streamIdleTimeout: duration({
    default: 60_000,
    description:
      "How long an answer may pause in its body, for its target to send or its caller to read, before the call is ended.",
  }),
  drainTimeout: duration({
    default: 15_000,
    description: "How long calls in flight may take to end after SIGTERM; at least proxyTimeout.",
  }),
  tunnelIdleTimeout: duration({
    default: 300_000,
    description:
      "How long an upgraded connection, such as a WebSocket, may carry nothing in either direction before it is ended.",
  }),
  maxTunnels: wholeNumber({
    default: 10_000,
    minimum: 0,
    maximum: 1_000_000,
    description: "How many upgraded connections there may be at a time; one more is answered with 503.",
  }),
  maxHeaderSize: bytes({
    default: 64 * 1024,
    description: "Largest request line and headers of a call, together.",
  }),
  retryBufferBytes: bytes({
    default: 4 * 1024 * 1024,
    description: "Up to this size a body is remembered, so that the call can be repeated after 401 or 403.",
  }),
  retryBufferTotalBytes: bytes({
    default: 128 * 1024 * 1024,
    description: "What all calls may remember together; a call that gets none of it is not repeated.",
  }),
  requireOwnSecrets: flag({
    default: false,
    description:
      "Whether an Application may use only Secrets that are labelled app=<its name>. Otherwise whoever may change an Application can have any Secret of the namespace sent to a target of his own.",
  }),
  retryOnUnauthorized: oneOf(["always", "safe-methods", "never"], {
    default: "always",
    description: "Whether a call is repeated once with fresh credentials after 401 or 403.",
  }),
  forwardedHeaders: oneOf(["append", "strip"], {
    default: "append",
    description:
      "Whether X-Forwarded-For, -Host, -Proto, -Client-Cert and Forwarded reach targets. Host-addressed calls always strip them.",
  }),
  trustedXfccProxies: listOf('networks or addresses like "10.0.0.0/8"', isNetwork, {
    default: [],
    description:
      "From where X-Forwarded-Client-Cert is believed, for APIs with the annotation appconn.dev/allowed-callers. Whoever can send from there can be any caller.",
  }),
  preserveTrailingSlash: flag({
    default: false,
    description:
      "Whether a slash at the end of a call's path reaches the target. Host-addressed calls always keep it.",
  }),
};

export type GatewayOptions = Resolved<typeof gatewaySettings>;
