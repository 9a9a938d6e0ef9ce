import { credentialFailure, type CredentialFailure } from "./failures.ts";

export interface IssuedToken {
  readonly kind: "issued-token";
  readonly accessToken: string;
  /** Milliseconds from the moment at which it was asked for. */
  readonly lifetime: number;
}

/** For a token that does not say how long it lives, or says nonsense (gateway spec §9 **[D]**). */
const DEFAULT_LIFETIME = 300_000;

/** Longer promises are cut, so that sums and timers stay exact. */
const MAX_LIFETIME = 366 * 24 * 3_600_000;

/**
 * Reads the answer of a token endpoint. Lenient where real servers differ (a quoted `expires_in`, none, one
 * of zero), strict where a mistake would reach the target. No text quotes the body: it may hold a token.
 */
export function parseTokenResponse(body: Buffer): IssuedToken | CredentialFailure {
  const fields = parseObject(body);
  if (typeof fields === "string") return malformed(fields);
  const { access_token: accessToken, expires_in: expiresIn } = fields;
  if (accessToken === undefined || accessToken === null || accessToken === "") {
    return credentialFailure("CREDENTIALS_TOKEN_MISSING");
  }
  if (typeof accessToken !== "string") return malformed("access_token is not a string");
  // Visible ASCII and inner spaces: nothing else comes through a header unchanged (RFC 9110 §5.5).
  if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(accessToken)) {
    return malformed("access_token holds characters that a header cannot carry");
  }
  const lifetime = lifetimeOf(expiresIn);
  return lifetime === undefined
    ? malformed("expires_in is not a number")
    : { kind: "issued-token", accessToken, lifetime };
}

function malformed(cause: string): CredentialFailure {
  return credentialFailure("CREDENTIALS_TOKEN_MALFORMED", cause);
}

function parseObject(body: Buffer): Record<string, unknown> | string {
  if (body.length === 0) return "unexpected end of JSON input";
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return "the answer is not JSON";
  }
  // Go reads `null` into a structure without a word; it then has no token.
  if (parsed === null) return {};
  const isObject = typeof parsed === "object" && !Array.isArray(parsed);
  return isObject ? (parsed as Record<string, unknown>) : "the answer is not a JSON object";
}

/** Milliseconds; undefined for something that is not a number at all. */
function lifetimeOf(expiresIn: unknown): number | undefined {
  if (expiresIn === undefined || expiresIn === null || expiresIn === "") return DEFAULT_LIFETIME;
  const seconds = typeof expiresIn === "string" ? quotedNumber(expiresIn) : expiresIn;
  if (typeof seconds !== "number") return undefined;
  return seconds > 0 ? Math.min(seconds * 1000, MAX_LIFETIME) : DEFAULT_LIFETIME;
}

function quotedNumber(text: string): number | undefined {
  return /^\s*[+-]?\d+(\.\d*)?\s*$/.test(text) ? Number(text) : undefined;
}
