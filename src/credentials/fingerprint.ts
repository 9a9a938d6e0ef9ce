import { createHmac, randomBytes } from "node:crypto";

/** Made anew by every start, so that a fingerprint which leaks cannot be tried against guessed passwords. */
let key: Uint8Array = randomBytes(32);

/** Before the first fingerprint of a process that shares what it has fetched with others: all need the same. */
export function shareFingerprints(common: Uint8Array): void {
  key = common;
}

/** A hash of everything that tells one credential from another. Parts may hold secrets; the result does not. */
export function fingerprintOf(...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) {
    // The length in front keeps ("ab", "c") and ("a", "bc") apart.
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hmac.update(`${bytes.length}:`).update(bytes);
  }
  return hmac.digest("base64url");
}
