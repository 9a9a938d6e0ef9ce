import type { KeyObject, webcrypto } from "node:crypto";

/** How a certificate authority signs, decided by its key alone (connector spec §8). */
export interface SigningAlgorithm {
  /** `sha256` */
  readonly digest: string;
  /** For Web Crypto. */
  readonly parameters: webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams;
  readonly hash: string;
  /** AlgorithmIdentifier, hex of its DER. */
  readonly identifier: string;
}

function elliptic(namedCurve: string, bits: number, identifier: string): SigningAlgorithm {
  const parameters = { name: "ECDSA", namedCurve };
  return { digest: `sha${bits}`, parameters, hash: `SHA-${bits}`, identifier };
}

// RFC 5758 §3.2, RFC 4055 §5
const ELLIPTIC: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: elliptic("P-256", 256, "300a06082a8648ce3d040302"),
  secp384r1: elliptic("P-384", 384, "300a06082a8648ce3d040303"),
  secp521r1: elliptic("P-521", 512, "300a06082a8648ce3d040304"),
};
const RSA: SigningAlgorithm = {
  digest: "sha256",
  parameters: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  hash: "SHA-256",
  identifier: "300d06092a864886f70d01010b0500",
};

/** undefined for a key that our certificate authorities do not sign with: all but RSA from 2048 bits and three curves. */
export function signingAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") return modulusLength >= 2048 ? RSA : undefined;
  return key.asymmetricKeyType === "ec" ? ELLIPTIC[namedCurve] : undefined;
}
