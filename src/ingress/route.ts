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

/** Paths that belong to an Application (connector spec §15). */
const OF_AN_APPLICATION = /^\/([^/]+)\/(?:v1\/metadata|v1\/events|v2\/events|events)(?:\/|$)/;

/** RFC 1123 subdomain: the name of a Kubernetes object. */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

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
  const application = OF_AN_APPLICATION.exec(path)?.[1];
  if (application === undefined) return refusal("INGRESS_UNKNOWN_PATH");
  if (NAME.test(application)) return "validator";
  return refusal("INGRESS_BAD_PATH", "its Application is no name in small letters, digits, hyphens and dots");
}

/** Revoking again what is revoked already stays possible (connector spec §9). */
export function isRevocation(method: string | undefined, path: string): boolean {
  return method === "POST" && path.endsWith("/certificates/revocations") && CERTIFICATE.has(path);
}
