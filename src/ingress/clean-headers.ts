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
  // Who names the headers of one hop takes away only from that hop: this one.
  "connection",
]);

const IDENTITY_PREFIXES = /^(?:x-forwarded-|x-ssl-|ssl-client-)/;

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
 * and only then puts ours in: a client cannot have ours dropped. All of Node's views of the headers change.
 */
export function cleanHeaders(request: IncomingMessage, listener: IngressListener, own: OwnHeaders): void {
  const { rawHeaders, headers } = request;
  const dropped = connectionTokens(rawHeaders);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const lower = name.toLowerCase();
    if (isForged(lower, listener) || (dropped?.has(lower) && !NEVER_DROPPED.has(lower)))
      delete headers[lower];
    else kept.push(name, rawHeaders[index + 1] as string);
  }
  const add = (name: string, value: string): void => {
    kept.push(name, value);
    headers[name.toLowerCase()] = value;
  };
  add("X-Forwarded-For", own.peer);
  add("X-Forwarded-Proto", "https");
  add("X-Forwarded-Host", own.host);
  if (own.clientCertificate !== undefined) add("X-Forwarded-Client-Cert", own.clientCertificate);
  request.rawHeaders = kept;
  // Node would build this one later from as many raw headers as there were.
  request.headersDistinct = distinct(kept);
}

/** Programs behind that make variables of headers take `_` for `-`. */
function isForged(lower: string, listener: IngressListener): boolean {
  const name = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  if (name === "connector-token") return listener === "gateway";
  return IDENTITY.has(name) || IDENTITY_PREFIXES.test(name);
}

function distinct(rawHeaders: readonly string[]): NodeJS.Dict<string[]> {
  const values: NodeJS.Dict<string[]> = Object.create(null) as NodeJS.Dict<string[]>;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    (values[name] ??= []).push(rawHeaders[index + 1] as string);
  }
  return values;
}
