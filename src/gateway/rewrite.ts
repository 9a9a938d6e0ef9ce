import { HOP_BY_HOP, connectionTokens } from "../http/hop-by-hop.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { rewriteLocation, type LocationContext } from "./location.ts";

/** The head of an answer as the caller gets it. */
export interface RewrittenHead {
  readonly status: number;
  readonly headers: string[];
}

/** `X-Gateway-Error` marks answers that the gateway made itself, so a target may not send it. */
const RESERVED = "x-gateway-error";

const NEVER_PASSED: ReadonlySet<string> = new Set([...HOP_BY_HOP, RESERVED]);

/**
 * What would frame, route, authenticate, control or describe an answer whose body has gone by then: a reader
 * that puts trailers among the headers would be misled (RFC 9110 §6.5.1).
 */
const NEVER_IN_TRAILERS: ReadonlySet<string> = new Set([
  ...NEVER_PASSED,
  ...["content-length", "host"],
  ...["authorization", "set-cookie", "www-authenticate"],
  ...["age", "cache-control", "date", "expires", "location", "retry-after", "vary"],
  ...["content-encoding", "content-range", "content-type"],
]);

/** ⑥ Turns the head of the target's answer into the gateway's (gateway spec §12). */
export function rewrite(status: number, headers: FlatHeaders, location: LocationContext): RewrittenHead {
  const passed = passedHeaders(headers);
  // RFC 9110 §8.6: a 204 has no Content-Length, whatever the target says.
  if (status === 204) return { status, headers: withoutHeader(passed, "content-length") };
  if (status === 201 || (status >= 300 && status <= 399)) relocate(passed, location);
  if (status < 500 || status > 599) return { status, headers: passed };
  const marked = withoutHeader(passed, "target-system-status");
  marked.push("Target-System-Status", String(status));
  return { status: 502, headers: marked };
}

/** In the host-addressed mode answers pass unchanged (gateway spec §16). */
export function passThrough(status: number, headers: FlatHeaders): RewrittenHead {
  return { status, headers: passedHeaders(headers) };
}

/** Headers of an informational answer, which has no body (gateway spec §12.4; RFC 9110 §8.6). */
export function informationHeaders(headers: FlatHeaders): string[] {
  return withoutHeader(passedHeaders(headers), "content-length");
}

/** `headers` stood before the body; what `Connection` names there is not passed on here either. */
export function passedTrailers(trailers: FlatHeaders, headers: FlatHeaders): string[] {
  return without(trailers, NEVER_IN_TRAILERS, connectionTokens(headers));
}

function passedHeaders(headers: FlatHeaders): string[] {
  return without(headers, NEVER_PASSED, connectionTokens(headers));
}

function without(
  headers: FlatHeaders,
  dropped: ReadonlySet<string>,
  named: ReadonlySet<string> | undefined,
): string[] {
  const passed: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const lowerCase = name.toLowerCase();
    if (dropped.has(lowerCase) || named?.has(lowerCase)) continue;
    passed.push(name, headers[index + 1] as string);
  }
  return passed;
}

function relocate(headers: string[], context: LocationContext): void {
  for (let index = 0; index < headers.length; index += 2) {
    if ((headers[index] as string).toLowerCase() !== "location") continue;
    headers[index + 1] =
      rewriteLocation(headers[index + 1] as string, context) ?? (headers[index + 1] as string);
  }
}

function withoutHeader(headers: FlatHeaders, lowerCaseName: string): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== lowerCaseName);
}
