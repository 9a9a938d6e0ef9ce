import type { IncomingMessage } from "node:http";
import { connectionTokens } from "../http/hop-by-hop.ts";
import type { IngressListener } from "../telemetry/channels.ts";

/**
 * By these, components and proxies say who somebody is (connector spec §17). A client that sends one is
 * trying something, or sits behind a proxy that knows no better; `Forwarded` says what X-Forwarded-* say.
 */
const IDENTITY: ReadonlySet<string> = new Set([
  "client-cert",
  "client-cert-chain",
  "client-certificate",
  "client-certificate-subject",
  "client-certificate-hash",
  "client-certificate-issuer",
  "client-id-from-token",
  "client-id-from-certificate",
  "subject-from-certificate",
  "certificate-data",
  "tenant",
  "group",
  "application",
  "forwarded",
  "x-real-ip",
]);

const IDENTITY_PREFIXES = ["x-forwarded-", "x-ssl-", "ssl-client-"];

/** What frames a message or chooses its host may not be declared a matter of one hop. */
const NEVER_DROPPED: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding"]);

/** What the ingress itself says of a request. */
export interface OwnHeaders {
  /** Value of X-Forwarded-Client-Cert; undefined where no certificate was asked for. */
  readonly clientCertificate: string | undefined;
  readonly peer: string;
  /** `Host` as the client sent it. */
  readonly host: string;
}

/**
 * Takes every header that could be mistaken for ours out of a request, then those that `Connection` names,
 * and only then puts ours in: a client cannot have ours dropped. The request's `headersDistinct` must be made
 * of its raw headers on demand, as IngressRequest does.
 */
export function cleanHeaders(request: IncomingMessage, listener: IngressListener, own: OwnHeaders): void {
  const { headers } = request;
  const named = headers.connection === undefined ? undefined : connectionTokens(request.rawHeaders);
  const isDropped = (name: string): boolean =>
    isForged(name, listener) ||
    (named !== undefined && (name === "connection" || (named.has(name) && !NEVER_DROPPED.has(name))));
  // Nearly never: looking at the names that Node has in small letters already is enough for the others.
  if (Object.keys(headers).some(isDropped)) drop(request, isDropped);
  const { peer, host, clientCertificate } = own;
  const { rawHeaders } = request;
  rawHeaders.push("X-Forwarded-For", peer, "X-Forwarded-Proto", "https", "X-Forwarded-Host", host);
  headers["x-forwarded-for"] = peer;
  headers["x-forwarded-proto"] = "https";
  headers["x-forwarded-host"] = host;
  if (clientCertificate === undefined) return;
  rawHeaders.push("X-Forwarded-Client-Cert", clientCertificate);
  headers["x-forwarded-client-cert"] = clientCertificate;
}

function drop(request: IncomingMessage, isDropped: (lowerCaseName: string) => boolean): void {
  const { rawHeaders, headers } = request;
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const lower = name.toLowerCase();
    if (isDropped(lower)) delete headers[lower];
    else kept.push(name, rawHeaders[index + 1] as string);
  }
  request.rawHeaders = kept;
}

/** Programs behind that make variables of headers take `_` for `-`. */
function isForged(lower: string, listener: IngressListener): boolean {
  const name = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  if (IDENTITY.has(name) || IDENTITY_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  return name === "connector-token" && listener === "gateway";
}
