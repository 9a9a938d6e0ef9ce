import { defineFailures } from "../core/failures.ts";

export const outboundFailures = defineFailures({
  OUTBOUND_PROXY_UNUSABLE: {
    status: 500,
    actor: "operator",
    text: "the proxy in %s cannot be used: %s",
    remedy:
      "Write it as http://host:port or https://host:port, with user:password@ before the host if needed.",
  },
  OUTBOUND_NO_PROXY_UNUSABLE: {
    status: 500,
    actor: "operator",
    text: "%s in NO_PROXY is not a network",
    remedy: "Write networks as address/bits, such as 10.0.0.0/8.",
  },
  OUTBOUND_CA_FILE_UNREADABLE: {
    status: 500,
    actor: "operator",
    text: "the certificate authorities in %s (setting outbound.caFile) cannot be read: %s",
    remedy: "Give a readable file with at least one certificate in PEM form.",
  },
});
