import { isNetwork } from "../core/network.ts";
import { duration, listOf, text, type Resolved } from "../config/setting.ts";

/** What holds for every outgoing connection: to targets, token endpoints and CSRF endpoints. */
export const outboundSettings = {
  deniedNetworks: listOf("networks like 10.0.0.0/8", isNetwork, {
    default: [],
    description:
      "Networks (CIDR) that no target, token or CSRF endpoint may lie in. Link-local and cloud metadata addresses are refused always, unless a URL names exactly that address.",
  }),
  caFile: text({
    default: "",
    description: "PEM file with further certificate authorities to trust, beside those of the system.",
  }),
  connectTimeout: duration({
    default: 10_000,
    description: "How long connecting (TCP and TLS) may take; bounded by proxyTimeout anyway.",
  }),
  idleTimeout: duration({ default: 90_000, description: "How long an idle connection is kept for reuse." }),
};

export type OutboundOptions = Resolved<typeof outboundSettings>;
