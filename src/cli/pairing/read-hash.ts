import { usageError } from "../command-error.ts";

/** A SHA-256 as openssl, browsers or `cert list` show it, or its first digits; lower case, without colons. */
export function readHash(text: string): string {
  const digits = text.trim().toLowerCase().replaceAll(":", "");
  if (/^[0-9a-f]{8,64}$/.test(digits)) return digits;
  throw usageError(`error: a hash has 64 hex digits, of which at least the first 8 must be given`);
}
