import { constants, sign, type KeyObject } from "node:crypto";
import { parsePrivateKey } from "./client-certificate.ts";

export interface SigningKey {
  /** `alg` of RFC 7518 §3.1 and RFC 8037 §3.1. */
  readonly algorithm: string;
  /** In a thread of its own: an RSA signature takes a millisecond. */
  sign(data: Buffer): Promise<Buffer>;
}

interface Algorithm {
  readonly keyType: string;
  readonly curve?: string;
  /** undefined: the algorithm has its own. */
  readonly hash: string | undefined;
  readonly pss?: boolean;
}

/** In the order of preference for a key that several fit; the widest known first. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { keyType: "rsa", hash: "sha256" },
  RS384: { keyType: "rsa", hash: "sha384" },
  RS512: { keyType: "rsa", hash: "sha512" },
  PS256: { keyType: "rsa", hash: "sha256", pss: true },
  PS384: { keyType: "rsa", hash: "sha384", pss: true },
  PS512: { keyType: "rsa", hash: "sha512", pss: true },
  ES256: { keyType: "ec", curve: "prime256v1", hash: "sha256" },
  ES384: { keyType: "ec", curve: "secp384r1", hash: "sha384" },
  ES512: { keyType: "ec", curve: "secp521r1", hash: "sha512" },
  EdDSA: { keyType: "ed25519", hash: undefined },
};

/** RFC 7518 §3.3 */
const LEAST_RSA_BITS = 2048;

/** A private key in PEM for a JSON Web Signature, or what is wrong with it; empty `wanted`: what suits the key. */
export function prepareSigningKey(pem: Buffer, wanted: string): SigningKey | string {
  const key = parsePrivateKey(pem.toString("latin1"));
  if (typeof key === "string") return key;
  if (wanted !== "" && !Object.hasOwn(ALGORITHMS, wanted)) {
    return `'signingAlgorithm' is none of ${Object.keys(ALGORITHMS).join(", ")}`;
  }
  const { modulusLength = LEAST_RSA_BITS } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < LEAST_RSA_BITS) return `the private key in 'key' has less than ${LEAST_RSA_BITS} bits`;
  const found = Object.entries(ALGORITHMS).find(
    ([name, algorithm]) => (wanted === "" || wanted === name) && fits(key, algorithm),
  );
  if (!found) return "the private key in 'key' is of no kind that the signature could be made with";
  const [algorithm, how] = found;
  return { algorithm, sign: (data) => signed(data, key, how) };
}

function fits(
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  { keyType, curve }: Algorithm,
): boolean {
  return asymmetricKeyType === keyType && (curve === undefined || asymmetricKeyDetails?.namedCurve === curve);
}

function signed(data: Buffer, key: KeyObject, { hash, pss }: Algorithm): Promise<Buffer> {
  const padding = pss && {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  // RFC 7518 §3.4: the two numbers one behind the other, not in DER.
  const options = { key, dsaEncoding: "ieee-p1363" as const, ...padding };
  return new Promise((resolve, reject) => {
    sign(hash, data, options, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}
