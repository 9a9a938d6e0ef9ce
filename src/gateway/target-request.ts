import { mergeCookies } from "../credentials/cookies.ts";
import { withApiKey } from "../credentials/with-api-key.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { Injection } from "./inject.ts";
import { outgoingHeaders, type ForwardedHeaders } from "./outgoing-headers.ts";
import type { PreparedCall } from "./prepare.ts";
import type { RequestHead } from "./request-head.ts";

/** What of a call its request to the target is made of. */
export interface TargetRequestParts {
  /** The caller's headers as they came, and what was read of them. */
  readonly caller: FlatHeaders;
  readonly head: RequestHead;
  readonly prepared: PreparedCall;
  readonly injection: Injection;
  readonly peer: string | undefined;
  readonly forwardedHeaders: ForwardedHeaders;
  /** Of our own span, where calls are traced. */
  readonly traceparent: string | undefined;
}

/** Path and query of the request to the target. */
export function targetPath({ path, query }: PreparedCall, { authorisation }: Injection): string {
  return path + withApiKey(query, authorisation.apiKey);
}

/** The headers of the request to the target (gateway spec §8). */
export function targetHeaders(parts: TargetRequestParts): string[] {
  const { head, prepared, injection } = parts;
  const { api, gatewayPath } = prepared;
  const { authorisation, csrf } = injection;
  return outgoingHeaders({
    caller: parts.caller,
    host: api.target.url.host,
    authorization: authorisation.header,
    apiKey: authorisation.apiKey?.place === "header" ? authorisation.apiKey : undefined,
    dropAccessToken: head.accessToken !== undefined,
    csrfToken: csrf?.token,
    cookie: csrf && mergeCookies(csrf.cookies, head.cookie),
    forwarded: gatewayPath === undefined ? "strip" : parts.forwardedHeaders,
    peer: parts.peer,
    configured: api.parameters.headers,
    traceparent: parts.traceparent,
  });
}
