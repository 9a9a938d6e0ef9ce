import { badRequest } from "../admin-failure.ts";

/** `watch`, `watch=1`, `watch=true` are true; absent, `0` and `false` are not: as Go's conversion reads it. */
export function flagParameter(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}

/** undefined where it is absent or empty; 400 where it is no whole number. */
export function wholeNumberParameter(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw badRequest(`${name}: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** The largest version that clients can hold. */
const LARGEST_VERSION = 2n ** 64n - 1n;

/** undefined where it is absent, empty or `0`, which all mean "whatever is current"; 400 for no number. */
export function versionParameter(query: URLSearchParams): string | undefined {
  const value = query.get("resourceVersion") ?? "";
  const version = /^\d{0,20}$/.test(value) ? BigInt(value) : -1n;
  if (version < 0n || version > LARGEST_VERSION) {
    throw badRequest(`invalid resource version ${JSON.stringify(value)}`);
  }
  return version === 0n ? undefined : version.toString();
}
