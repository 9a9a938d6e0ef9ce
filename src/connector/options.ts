import {
  duration,
  flag,
  listOf,
  listOfText,
  oneOf,
  parseSeconds,
  port,
  text,
  wholeNumber,
  type Resolved,
} from "../config/setting.ts";
import { isNetwork } from "../core/network.ts";

const DAY = 24 * 3_600_000;

/** The original counts these in whole minutes. */
function parseMinutes(raw: unknown): number | undefined {
  const seconds = parseSeconds(raw);
  return /^\d+$/.test(String(raw)) && seconds !== undefined ? seconds * 60 : seconds;
}

/**
 * Settings of the connector. The aliases are the original's flags and variables (connector spec §§10, 11;
 * amendment A19), except `externalAPIPort`, which already means the gateway's.
 */
export const connectorSettings = {
  internalHost: text({
    default: "127.0.0.1",
    description:
      "Address of the internal API's own listener, which is open only where the admin API does not run. Anything but a loopback address needs internalTokenFile and TLS.",
  }),
  internalPort: port({
    default: 8089,
    description: "Port of that listener.",
    aliases: [{ flag: "internalAPIPort" }],
  }),
  internalTokenFile: text({
    default: "",
    description: "File with the bearer token of that listener; required beyond the loopback.",
  }),
  externalHost: text({
    default: "127.0.0.1",
    description: "Address of the external API's own listener, open only where the ingress does not run.",
  }),
  externalPort: port({
    default: 8087,
    description: "Port of that listener, for a proxy that sets X-Forwarded-Client-Cert.",
  }),
  trustedXfccProxies: listOf('networks or addresses like "10.0.0.0/8"', isNetwork, {
    default: [],
    description:
      "From where X-Forwarded-Client-Cert is believed on that listener. Whoever can send from there can be any Application.",
  }),
  connectorServiceHost: text({
    default: "",
    description: "Public host of pairing, with its port if it is not 443; by default the ingress' own.",
    aliases: [{ flag: "connectorServiceHost" }],
  }),
  certificateProtectedHost: text({
    default: "",
    description:
      "Public host that asks for client certificates, with its port if it is not 443; by default the ingress' own.",
    aliases: [{ flag: "certificateProtectedHost" }],
  }),
  gatewayBaseURL: text({
    default: "auto",
    description:
      "Base of the metadata and events URLs that clients are told; auto: https:// and certificateProtectedHost. Empty: clients are told none.",
    aliases: [{ flag: "gatewayBaseURL" }],
  }),
  appsInfoURL: text({
    default: "",
    description: "infoUrl of Applications; by default on certificateProtectedHost.",
    aliases: [{ flag: "appsInfoURL" }],
  }),
  runtimesInfoURL: text({
    default: "",
    description: "infoUrl of runtimes; by default on certificateProtectedHost.",
    aliases: [{ flag: "runtimesInfoURL" }],
  }),
  central: flag({
    default: false,
    description:
      "Whether Applications are told apart by tenant and group, which stand in their certificates, and runtimes are paired too.",
    aliases: [{ flag: "central" }],
  }),
  tokenLength: wholeNumber({
    default: 64,
    minimum: 32,
    maximum: 1024,
    description: "Random bytes of a pairing token.",
    aliases: [{ flag: "tokenLength" }],
  }),
  appTokenLifetime: duration({
    default: 5 * 60_000,
    description: "How long the pairing token of an Application is good; its original flag counts in minutes.",
    aliases: [{ flag: "appTokenExpirationMinutes", parse: parseMinutes }],
  }),
  runtimeTokenLifetime: duration({
    default: 10 * 60_000,
    description: "How long the pairing token of a runtime is good; its original flag counts in minutes.",
    aliases: [{ flag: "runtimeTokenExpirationMinutes", parse: parseMinutes }],
  }),
  appCertificateValidity: duration({
    default: 90 * DAY,
    description: "How long the certificate of an Application is valid.",
    aliases: [{ flag: "appCertificateValidityTime" }],
  }),
  runtimeCertificateValidity: duration({
    default: 90 * DAY,
    description: "How long the certificate of a runtime is valid.",
    aliases: [{ flag: "runtimeCertificateValidityTime" }],
  }),
  certificateUriName: flag({
    default: false,
    description: "Whether certificates of Applications also carry the URI urn:app:{name} as a name.",
  }),
  country: text({
    default: "DE",
    description: "C of every client's subject. Existing clients know the one they were paired with.",
    aliases: [{ environment: "COUNTRY" }],
  }),
  organization: text({
    default: "Organization",
    description: "O of every client's subject; in central mode the tenant stands there.",
    aliases: [{ environment: "ORGANIZATION" }],
  }),
  organizationalUnit: text({
    default: "OrgUnit",
    description: "OU of every client's subject; in central mode the group stands there.",
    aliases: [{ environment: "ORGANIZATIONALUNIT" }],
  }),
  locality: text({
    default: "Waldorf",
    description: "L of every client's subject.",
    aliases: [{ environment: "LOCALITY" }],
  }),
  province: text({
    default: "Waldorf",
    description: "ST of every client's subject.",
    aliases: [{ environment: "PROVINCE" }],
  }),
  revokeOnDeletion: flag({
    default: false,
    description: "Whether the certificates of an Application are revoked when it is deleted.",
  }),
  caSecret: text({
    default: "",
    description:
      "Secret (namespace/name) with the authority of client certificates, as cert-manager (tls.crt, tls.key, ca.crt) or the original (ca.crt, ca.key) lays it out; empty: one of our own in the data directory.",
    aliases: [{ flag: "caSecretName" }],
  }),
  rootCaSecret: text({
    default: "",
    description: "Secret (namespace/name) whose cacert is the root above caSecret.",
    aliases: [{ flag: "rootCACertificateSecretName" }],
  }),
  caCertificateFile: text({
    default: "",
    description:
      "PEM file with the authority of client certificates and its chain, in place of caSecret; needs caKeyFile.",
  }),
  caKeyFile: text({ default: "", description: "PEM file with the key of caCertificateFile." }),
  caKeyAlgorithm: oneOf(["ec", "rsa"], {
    default: "ec",
    description: "Key of an authority of our own, when it is made or rotated.",
  }),
  strictErrors: flag({
    default: false,
    description: "Whether a body that is no JSON gets 400 in place of the original's 500.",
  }),
  lookupEnabled: flag({
    default: false,
    description: "Whether the gateway's base URL of each Application is asked from a GraphQL service.",
    aliases: [{ flag: "lookupEnabled" }],
  }),
  lookupConfigMapPath: text({
    default: "/etc/config/config.json",
    description: "JSON file with url and headers of that service, or the directory of a config.json.",
    aliases: [{ flag: "lookupConfigMapPath" }],
  }),
  tokenRequests: {
    enabled: flag({
      default: true,
      description: "Whether TokenRequest objects are answered with a pairing link.",
    }),
    namespaces: listOfText({
      default: [],
      description:
        "Namespaces whose TokenRequests are answered; empty: all. Whoever may create one there can pair as any Application.",
    }),
    tokenTtl: duration({
      default: 300_000,
      description: "After this time at most, a TokenRequest and its token are gone.",
      aliases: [{ flag: "tokenTTL", parse: parseSeconds }],
    }),
    syncPeriod: duration({
      default: 30_000,
      description: "How often what failed is tried again and what expired is looked for.",
      aliases: [{ flag: "syncPeriod", parse: parseSeconds }],
    }),
  },
};

export type ConnectorOptions = Resolved<typeof connectorSettings>;
