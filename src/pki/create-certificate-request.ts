// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { createPublicKey, type KeyObject } from "node:crypto";
import { Name, Pkcs10CertificateRequestGenerator, type JsonAttributeAndObjectValue } from "@peculiar/x509";
import { pemText } from "./pem.ts";
import { signingAlgorithm } from "./signing-algorithm.ts";

/** One attribute of a subject: `{ type: "CN", value: "shop" }`. */
export interface SubjectAttribute {
  readonly type: "C" | "O" | "OU" | "L" | "ST" | "CN";
  readonly value: string;
}

/**
 * A request (PKCS #10, PEM) for the key's certificate, signed by the key, without extensions. RSA from 2048
 * bits, or EC on P-256, P-384 or P-521; a TypeError for every other key. Import this file when it is needed:
 * its library costs a start a quarter of a second.
 */
export async function createCertificateRequest(
  privateKey: KeyObject,
  subject: readonly SubjectAttribute[],
): Promise<string> {
  const algorithm = signingAlgorithm(privateKey);
  if (!algorithm) throw new TypeError("a key of this kind does not sign requests");
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: new Name(subject.map(relativeName)),
    keys: {
      privateKey: privateKey.toCryptoKey(algorithm.parameters, false, ["sign"]),
      publicKey: createPublicKey(privateKey).toCryptoKey(algorithm.parameters, true, ["verify"]),
    },
    signingAlgorithm: { name: algorithm.parameters.name, hash: algorithm.hash },
  });
  return pemText({ label: "CERTIFICATE REQUEST", der: Buffer.from(request.rawData) });
}

/** RFC 5280 §4.1.2.4: texts are UTF-8, the country two printable letters. Said so, `#` begins no hex. */
function relativeName({ type, value }: SubjectAttribute): JsonAttributeAndObjectValue {
  return { [type]: [type === "C" ? { printableString: value } : { utf8String: value }] };
}
