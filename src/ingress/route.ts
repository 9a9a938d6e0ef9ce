import type { IngressListener } from "../telemetry/channels.ts";
import { refusal, type IngressRefusal } from "./failures.ts";

/** The component that answers. */
export type IngressRoute = "public" | "token" | "certificate" | "validator";

/** What the connector tells anybody (connector spec §§6, 18). */
const PUBLIC: ReadonlySet<string> = new Set(["/v1", "/v1/api.yaml", "/v1/ca.crl", "/v1/health"]);

/** Paths that the connector answers to the holder of a token (connector spec §§6, 15). */
const TOKEN: ReadonlySet<string> = new Set(
  ["applications", "runtimes"].flatMap((kind) => [
    `/v1/${kind}/signingRequests/info`,
    `/v1/${kind}/certificates`,
  ]),
);

/** Paths that the connector answers to the holder of a client certificate (connector spec §§7, 15). */
const CERTIFICATE: ReadonlySet<string> = new Set([
  "/v1/health",
  ...["applications", "runtimes"].flatMap((kind) => [
    `/v1/${kind}/management/info`,
    `/v1/${kind}/certificates/renewals`,
    `/v1/${kind}/certificates/revocations`,
  ]),
]);

/** Paths that belong to an Application, after its name (connector spec §15). */
const OF_AN_APPLICATION = ["/v1/events", "/v1/metadata", "/events", "/v2/events"];

/** Where the registry's document stood before Kyma 0.4 (registry spec §2): this path, and none below it. */
const FORMER_DOCUMENT = "/v1/metadataapi.yaml";

/** RFC 1123 subdomain: the name of a Kubernetes object. */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;

/**
 * Who answers a canonical path. It depends on the listener that took the connection and never on `Host`, so
 * that nothing that asks for a certificate can be reached without one.
 */
export function ingressRoute(listener: IngressListener, path: string): IngressRoute | IngressRefusal {
  if (listener === "pairing") {
    if (TOKEN.has(path)) return "token";
    return PUBLIC.has(path) ? "public" : refusal("INGRESS_UNKNOWN_PATH");
  }
  if (CERTIFICATE.has(path)) return "certificate";
  const end = path.indexOf("/", 1);
  if (end < 2 || !belongsToApplication(path.slice(end))) return refusal("INGRESS_UNKNOWN_PATH");
  if (end - 1 <= LONGEST_NAME && NAME.test(path.slice(1, end))) return "validator";
  return refusal("INGRESS_BAD_PATH", "its Application is no name in small letters, digits, hyphens and dots");
}

function belongsToApplication(rest: string): boolean {
  return (
    rest === FORMER_DOCUMENT ||
    OF_AN_APPLICATION.some(
      (prefix) => rest.startsWith(prefix) && (rest.length === prefix.length || rest[prefix.length] === "/"),
    )
  );
}

/** Revoking again what is revoked already stays possible (connector spec §9). */
export function isRevocation(method: string | undefined, path: string): boolean {
  return method === "POST" && path.endsWith("/certificates/revocations") && CERTIFICATE.has(path);
}
