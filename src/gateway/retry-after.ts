import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";

/**
 * Milliseconds that a target asks to be left alone for, in seconds or until a date (RFC 9110 §10.2.3); undefined
 * where it asks for nothing that can be read. `now`: since the epoch.
 */
export function retryAfterOf(headers: FlatHeaders, now: number): number | undefined {
  const written = headerValue(headers, "retry-after")?.trim();
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written)) return Number(written) * 1000;
  // Without a letter it is no date: "1.5" and "-1" would be read as one.
  const date = /^[A-Za-z]{3}/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
