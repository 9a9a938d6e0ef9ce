import { createHmac, randomBytes } from "node:crypto";

/** Made anew by every process, so that a fingerprint which leaks cannot be tried against guessed passwords. */
const KEY = randomBytes(32);

/** A hash of everything that tells one credential from another. Parts may hold secrets; the result does not. */
export function fingerprintOf(...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", KEY);
  for (const part of parts) {
    // The length in front keeps ("ab", "c") and ("a", "bc") apart.
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hmac.update(`${bytes.length}:`).update(bytes);
  }
  return hmac.digest("base64url");
}
