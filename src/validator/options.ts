import { duration, listOf, port, text, type Resolved } from "../config/setting.ts";
import { isNetwork } from "../core/network.ts";

/**
 * Settings of the validator. The aliases are the original's flags (connector spec §16; amendment A19), except
 * `proxyPort`, which already means the gateway's.
 */
export const validatorSettings = {
  host: text({
    default: "127.0.0.1",
    description:
      "Address of the validator's own listener, which is open only where the ingress does not run.",
  }),
  port: port({
    default: 8085,
    description: "Port of that listener, for a proxy that sets X-Forwarded-Client-Cert.",
  }),
  trustedXfccProxies: listOf('networks or addresses like "10.0.0.0/8"', isNetwork, {
    default: [],
    description:
      "From where X-Forwarded-Client-Cert is believed on that listener. Whoever can send from there can be any Application.",
  }),
  appNamePlaceholder: text({
    default: "%%APP_NAME%%",
    description: "Stands for the Application's name in the prefixes.",
    aliases: [{ flag: "appNamePlaceholder" }],
  }),
  registryPathPrefix: text({
    default: "/%%APP_NAME%%/v1/metadata",
    description: "Paths of the Application Registry.",
    aliases: [{ flag: "appRegistryPathPrefix" }],
  }),
  eventingPathPrefixV1: text({
    default: "/%%APP_NAME%%/v1/events",
    description: "Paths that reach the event publisher unchanged.",
    aliases: [{ flag: "eventingPathPrefixV1" }, { flag: "eventServicePathPrefixV1" }],
  }),
  eventingPathPrefixV2: text({
    default: "/%%APP_NAME%%/v2/events",
    description: "Paths that become eventingDestinationPath.",
    aliases: [{ flag: "eventingPathPrefixV2" }, { flag: "eventServicePathPrefixV2" }],
  }),
  eventingPathPrefixEvents: text({
    default: "/%%APP_NAME%%/events",
    description: "Paths for CloudEvents, which become eventingDestinationPath.",
    aliases: [{ flag: "eventingPathPrefixEvents" }, { flag: "eventMeshPathPrefix" }],
  }),
  eventingDestinationPath: text({
    default: "/publish",
    description: "Path of the event publisher that takes CloudEvents.",
    aliases: [{ flag: "eventingDestinationPath" }, { flag: "eventMeshDestinationPath" }],
  }),
  registryHost: text({
    default: "",
    description: "host:port of an Application Registry elsewhere; empty for the one in this process.",
    aliases: [{ flag: "appRegistryHost" }],
  }),
  eventingPublisherHost: text({
    default: "",
    description: "host:port of an event publisher elsewhere; empty for the one in this process.",
    aliases: [{ flag: "eventingPublisherHost" }, { flag: "eventMeshHost" }, { flag: "eventServiceHost" }],
  }),
  upstreamTimeout: duration({
    default: 60_000,
    description: "How long a registry or publisher elsewhere may take until the headers of its answer.",
  }),
};

export type ValidatorOptions = Resolved<typeof validatorSettings>;
