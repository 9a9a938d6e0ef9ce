import "reflect-metadata";
import type { KeyObject } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

export const REQUEST_SUBJECT = {
  fields: {
    country: "DE",
    organization: "Organization",
    organizationalUnit: "OrgUnit",
    locality: "Waldorf",
    province: "Waldorf",
  },
  commonName: "shop",
} as const;

const NAME = "O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE";

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A request as clients send it: base64 of PEM. */
export async function newRequest(
  keys: KeyPair,
  application: string = REQUEST_SUBJECT.commonName,
): Promise<string> {
  const isRsa = keys.privateKey.asymmetricKeyType === "rsa";
  const algorithm = isRsa
    ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
    : { name: "ECDSA", namedCurve: "P-256" };
  const made = await Pkcs10CertificateRequestGenerator.create({
    name: `${NAME},CN=${application}`,
    keys: {
      publicKey: keys.publicKey.toCryptoKey(algorithm, true, ["verify"]),
      privateKey: keys.privateKey.toCryptoKey(algorithm, true, ["sign"]),
    },
    signingAlgorithm: { ...algorithm, hash: "SHA-256" },
  });
  return Buffer.from(`${made.toString("pem")}\n`).toString("base64");
}
