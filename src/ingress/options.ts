import { bytes, duration, port, text, wholeNumber, type Resolved } from "../config/setting.ts";

/** Settings of the ingress: the two listeners by which external systems come in. */
export const ingressSettings = {
  host: text({
    description: "Address that both listeners of the ingress bind to; 0.0.0.0 for all.",
    default: "127.0.0.1",
  }),
  port: port({
    description: "Listener for external systems with a client certificate (gateway.{domain}).",
    default: 8443,
  }),
  pairingPort: port({
    description: "Listener for pairing, without a client certificate (connector-service.{domain}).",
    default: 8444,
  }),
  domain: text({
    description:
      "Domain of the two public hosts gateway.{domain} and connector-service.{domain}. Requests for other hosts get 421.",
    default: "localhost",
  }),
  certificateFile: text({
    description:
      "PEM file with the certificate of both hosts and its chain, in place of one by our own authority; needs keyFile. Taken anew when it changes.",
    default: "",
  }),
  keyFile: text({ description: "PEM file with the key of certificateFile.", default: "" }),
  certificateSecret: text({
    description:
      "Secret (namespace/name) of type kubernetes.io/tls with the certificate of both hosts, in place of certificateFile.",
    default: "",
  }),
  handshakeTimeout: duration({
    description:
      "How long a connection may take until its TLS handshake is done; more than 10s counts as 10s.",
    default: 10_000,
  }),
  maxHandshakes: wholeNumber({
    description:
      "TLS handshakes under way at once on one listener. Beyond that, those that stall make room; else newcomers are closed.",
    default: 512,
    minimum: 1,
    maximum: 100_000,
  }),
  maxConnections: wholeNumber({
    description: "Connections open at once on one listener; more are closed unanswered.",
    default: 10_000,
    minimum: 1,
    maximum: 1_000_000,
  }),
  maxConnectionAge: duration({
    description:
      "After this time a connection is closed with its next answer, so that its client verifies anew; after twice this time in any case.",
    default: 3_600_000,
  }),
  maxHeaderSize: bytes({
    description: "Largest request line and headers of a request, together.",
    default: 32 * 1024,
  }),
  maxBodySize: bytes({
    description: "Largest body of a request; the components behind have smaller limits of their own.",
    default: 64 * 1024 * 1024,
  }),
  requestTimeout: duration({
    description: "How long a client may take to send one whole request.",
    default: 300_000,
  }),
  failedTokensPerMinute: wholeNumber({
    description:
      "Wrong pairing tokens that one address may try in a minute before it gets 429; 0 for no limit.",
    default: 10,
    minimum: 0,
    maximum: 1_000_000,
  }),
  drainTimeout: duration({
    description: "How long a stopping ingress waits for answers in flight.",
    default: 15_000,
  }),
};

export type IngressOptions = Resolved<typeof ingressSettings>;
