/** The cookies that came with a CSRF token, as far as the token needs them. */
export interface ReceivedCookies {
  /** `name=value` without attributes; of several with one name the last. */
  readonly pairs: readonly string[];
  /** Milliseconds until the first of them expires; undefined when none does. */
  readonly lifetime: number | undefined;
}

/**
 * Reads Set-Cookie values (RFC 6265 §5.2). A cookie that is expired on arrival is the server's way of taking
 * it away: it is left out, and an earlier one of that name with it. `now` in milliseconds since the epoch.
 */
export function readSetCookies(values: readonly string[], now: number): ReceivedCookies {
  const cookies = new Map<string, { readonly pair: string; readonly lifetime: number }>();
  for (const value of values) {
    const [pair = "", ...attributes] = value.split(";").map((part) => part.trim());
    const equals = pair.indexOf("=");
    if (equals < 1) continue;
    const name = pair.slice(0, equals).trim();
    const lifetime = lifetimeOf(attributes, now);
    if (lifetime <= 0) cookies.delete(name);
    else cookies.set(name, { pair: `${name}=${pair.slice(equals + 1).trim()}`, lifetime });
  }
  const kept = [...cookies.values()];
  const lifetime = Math.min(...kept.map((cookie) => cookie.lifetime));
  return { pairs: kept.map(({ pair }) => pair), lifetime: Number.isFinite(lifetime) ? lifetime : undefined };
}

/** Infinity where neither attribute says when. Max-Age wins over Expires, the last of each counts (§5.3). */
function lifetimeOf(attributes: readonly string[], now: number): number {
  let maxAge: number | undefined;
  let expires: number | undefined;
  for (const attribute of attributes) {
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(attribute) ?? [];
    const known = name.trim().toLowerCase();
    if (known === "max-age" && /^-?\d+$/.test(value.trim())) maxAge = Number(value) * 1000;
    if (known === "expires") expires = parseCookieDate(value.trim()) ?? expires;
  }
  return maxAge ?? (expires === undefined ? Number.POSITIVE_INFINITY : expires - now);
}

/** Cookie dates are in UTC even where they do not say so (RFC 6265 §5.1.1); Date.parse would take local time. */
function parseCookieDate(text: string): number | undefined {
  const zoned = /(gmt|utc|z|[+-]\d{4})$/i.test(text) ? text : `${text} GMT`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * One Cookie header value from the cookies of a CSRF token and those of the caller (gateway spec §10): the
 * former win by name, the caller's others stay as they are written. Empty when there is none at all.
 */
export function mergeCookies(cookies: readonly string[], callers: string | undefined): string {
  if (callers === undefined) return cookies.join("; ");
  const names = new Set(cookies.map(nameOf));
  const others = callers
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && !names.has(nameOf(pair)));
  return [...cookies, ...others].join("; ");
}

function nameOf(pair: string): string {
  const equals = pair.indexOf("=");
  return (equals === -1 ? pair : pair.slice(0, equals)).trim();
}
