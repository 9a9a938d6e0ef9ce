import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export const KEY_ALGORITHMS = ["rsa2048", "rsa3072", "rsa4096", "ec-p256", "ec-p384", "ec-p521"] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

const CURVES: Readonly<Record<string, string>> = {
  "ec-p256": "prime256v1",
  "ec-p384": "secp384r1",
  "ec-p521": "secp521r1",
};

const generate = promisify(generateKeyPair);

/** A new private key, PKCS #8 in PEM. */
export async function newClientKey(algorithm: KeyAlgorithm): Promise<string> {
  const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  const namedCurve = CURVES[algorithm];
  const encodings = { privateKeyEncoding, publicKeyEncoding };
  const { privateKey } =
    namedCurve === undefined
      ? await generate("rsa", { modulusLength: Number(algorithm.slice(3)), ...encodings })
      : await generate("ec", { namedCurve, ...encodings });
  return privateKey;
}

/** What the server advises, where it is one of ours: it must not make us compute for an hour. */
export function advisedAlgorithm(advice: string | undefined): KeyAlgorithm {
  return KEY_ALGORITHMS.find((one) => one === advice) ?? "rsa2048";
}

/** The algorithm of a key, so that the next one is like it; undefined for kinds that we do not make. */
export function algorithmOf(key: string): KeyAlgorithm | undefined {
  const details: KeyObject = createPrivateKey(key);
  const { modulusLength, namedCurve } = details.asymmetricKeyDetails ?? {};
  return KEY_ALGORITHMS.find((one) =>
    details.asymmetricKeyType === "rsa"
      ? one === `rsa${modulusLength}`
      : namedCurve !== undefined && CURVES[one] === namedCurve,
  );
}
