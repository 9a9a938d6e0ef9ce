import { bytes, duration, flag, oneOf, port, text, type Resolved } from "../config/setting.ts";
import { specificationSettings } from "./specification/options.ts";

/**
 * Settings of the Application Registry. The aliases are the original's flags (registry spec §9.6; amendment
 * A19), except those that already mean the gateway's.
 */
export const registrySettings = {
  host: text({
    default: "127.0.0.1",
    description:
      "Address of the registry's own listener, which is open only where the validator does not run. It trusts whoever reaches it.",
  }),
  port: port({ default: 8088, description: "Port of that listener." }),
  compat: oneOf(["2x", "1x"], {
    default: "2x",
    description:
      "Which Kyma the answers follow: with 1x names need not be unique and may change, and Swagger documents name the Access Service.",
    aliases: [{ environment: "REGISTRY_COMPAT" }],
  }),
  gatewayUrl: text({
    default: "",
    description:
      "Base URL by which workloads call the gateway, for centralGatewayUrl and Swagger documents; empty: the gateway of this process.",
    aliases: [{ flag: "centralGatewayUrl" }],
  }),
  maxBody: bytes({
    default: 10 * 1024 * 1024,
    description: "Largest body of a request.",
    aliases: [{ environment: "MAX_BODY" }],
  }),
  requestTimeout: duration({
    default: 30_000,
    description: "How long a client may take to send its body.",
  }),
  ...specificationSettings,
  detailedErrorResponse: flag({
    default: false,
    description: "Whether clients are told the text of internal errors.",
    aliases: [{ flag: "detailedErrorResponse" }],
  }),
};

export type RegistryOptions = Resolved<typeof registrySettings>;
