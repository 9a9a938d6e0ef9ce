import { createPublicKey, type KeyObject } from "node:crypto";

const CURVES: ReadonlySet<string | undefined> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

/**
 * The key of a request, if a client may have it: RSA of 2048 to 8192 bits, EC on P-256, P-384 or P-521, or
 * Ed25519 (connector spec §8). Takes a SubjectPublicKeyInfo in DER; undefined for everything else, also for
 * bytes that are no key.
 */
export function acceptableKey(publicKeyInfo: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: publicKeyInfo, format: "der", type: "spki" });
    return isAllowed(key) && isPlain(key, publicKeyInfo) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** `RSA 4096`, `EC prime256v1`, `ED25519`: for records and logs. */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return [key.asymmetricKeyType?.toUpperCase(), modulusLength ?? namedCurve].filter(Boolean).join(" ");
}

function isAllowed(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return modulusLength >= 2048 && modulusLength <= 8192 && isExponent(publicExponent);
    case "ec":
      return CURVES.has(namedCurve);
    case "ed25519":
      return true;
    default:
      return false;
  }
}

// An exponent of 1 signs anything; one as long as the modulus makes each verification cost as much as a signature.
function isExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent < 2n ** 64n && exponent % 2n === 1n;
}

/** RFC 5480 §§2.1.1, 2.2: the curve by name, and the point in full; strict verifiers refuse other spellings. */
function isPlain(key: KeyObject, publicKeyInfo: Buffer): boolean {
  if (key.asymmetricKeyType !== "ec") return true;
  const same = createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  return same.export({ format: "der", type: "spki" }).equals(publicKeyInfo);
}
