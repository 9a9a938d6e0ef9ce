import type { FlatHeaders } from "../http/flat-headers.ts";
import { HOP_BY_HOP, connectionTokens } from "../http/hop-by-hop.ts";

/** How the caller's request headers become the target's (gateway spec §8). */
export interface OutgoingHeadersInput {
  readonly caller: FlatHeaders;
  /** Host header of the target. */
  readonly host: string;
  /** Value for `Authorization`, replacing the caller's; undefined lets the caller's pass. */
  readonly authorization: string | undefined;
  /** Another secret header, replacing the caller's of that name. */
  readonly apiKey: InjectedHeader | undefined;
  /** The caller's Access-Token was used and goes no further. */
  readonly dropAccessToken: boolean;
  readonly csrfToken: string | undefined;
  /** Replaces the caller's Cookie headers; undefined lets them pass. */
  readonly cookie: string | undefined;
  readonly forwarded: ForwardedHeaders;
  /** The caller's address, for X-Forwarded-For. */
  readonly peer: string | undefined;
  /** Configured headers, flat; each is added only when the request has none of that name. */
  readonly configured: FlatHeaders;
  /** Names our own span as the parent, where calls are traced; undefined lets the caller's pass. */
  readonly traceparent: string | undefined;
}

/** Name and value of a header that the credentials add. */
interface InjectedHeader {
  readonly name: string;
  readonly text: string;
}

/** `append` behaves like the original's central gateway, `strip` like its per-application one (§8.2). */
export type ForwardedHeaders = "append" | "strip";

/** The four of the original, and what says the same (RFC 7239). */
const FORWARDED = new Set([
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-client-cert",
]);

/**
 * Strips first and injects afterwards: in the original `Connection: authorization` removed the injected
 * credentials (§8 point 5 **[D]**). Names keep their case and order; Content-Length passes, because the
 * body is passed byte for byte.
 */
export function outgoingHeaders(input: OutgoingHeadersInput): string[] {
  const { caller, forwarded } = input;
  const headers = ["Host", input.host];
  const named = connectionTokens(caller);
  const apiKeyName = input.apiKey?.name.toLowerCase();
  let forwardedFor: string | undefined;
  let wantsTrailers = false;
  for (let index = 0; index < caller.length; index += 2) {
    const name = caller[index] as string;
    const value = caller[index + 1] as string;
    const lowerCase = name.toLowerCase();
    if (lowerCase === "te") wantsTrailers ||= /(^|,)\s*trailers\s*(,|;|$)/i.test(value);
    if (HOP_BY_HOP.has(lowerCase) || NEVER_PASSED.has(lowerCase) || named?.has(lowerCase)) continue;
    if (lowerCase === apiKeyName || replaced(lowerCase, input)) continue;
    if (FORWARDED.has(lowerCase)) {
      if (forwarded === "strip") continue;
      if (lowerCase === "x-forwarded-for") {
        forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`;
        continue;
      }
    }
    headers.push(name, value);
  }
  if (wantsTrailers) headers.push("TE", "trailers");
  if (forwarded === "append" && input.peer !== undefined) {
    headers.push(
      "X-Forwarded-For",
      forwardedFor === undefined ? input.peer : `${forwardedFor}, ${input.peer}`,
    );
  }
  inject(headers, input);
  return headers;
}

/**
 * Beside hop-by-hop names: the target gets a Host of its own, and the gateway has answered `100-continue`
 * itself (amendment A16).
 */
const NEVER_PASSED = new Set(["host", "expect"]);

function replaced(lowerCase: string, input: OutgoingHeadersInput): boolean {
  switch (lowerCase) {
    case "authorization":
      return input.authorization !== undefined;
    case "access-token":
      return input.dropAccessToken;
    case "x-csrf-token":
      return input.csrfToken !== undefined;
    case "traceparent":
      return input.traceparent !== undefined;
    case "cookie":
      return input.cookie !== undefined;
    default:
      return false;
  }
}

function inject(headers: string[], input: OutgoingHeadersInput): void {
  if (input.authorization !== undefined) headers.push("Authorization", input.authorization);
  if (input.apiKey) headers.push(input.apiKey.name, input.apiKey.text);
  if (input.csrfToken !== undefined) headers.push("X-Csrf-Token", input.csrfToken);
  if (input.cookie !== undefined && input.cookie !== "") headers.push("Cookie", input.cookie);
  if (input.traceparent !== undefined) headers.push("traceparent", input.traceparent);
  const { configured } = input;
  if (configured.length === 0) return;
  // What the request has by now wins. A configured name may itself have several values.
  const present = new Set<string>();
  for (let index = 0; index < headers.length; index += 2)
    present.add((headers[index] as string).toLowerCase());
  for (let index = 0; index < configured.length; index += 2) {
    const name = configured[index] as string;
    if (!present.has(name.toLowerCase())) headers.push(name, configured[index + 1] as string);
  }
}
