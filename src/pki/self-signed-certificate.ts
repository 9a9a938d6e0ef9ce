// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { createPrivateKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { pemText } from "./pem.ts";
import { newSerialNumber } from "./serial-number.ts";

/** Both PEM; the key is unencrypted PKCS #1, as the original's. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const LIFETIME = 365 * 86_400_000;
const SHA256_RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const generate = promisify(generateKeyPair);

/**
 * A TLS client certificate of its own, for a target that is told to trust exactly this one: RSA of 2048 bits,
 * a common name and nothing else in the subject, valid for 365 days from `now`, in milliseconds since the
 * epoch (registry spec §6.4). Import this file when it is needed: its library costs a start a quarter of a
 * second.
 */
export async function selfSignedCertificate(commonName: string, now: number): Promise<SelfSignedCertificate> {
  const { privateKey, publicKey } = await generate("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "der" },
  });
  // Said to be UTF-8 text, a name that begins with `#` is no hex of DER, and `,` and `+` divide nothing.
  const name = new Name([{ CN: [{ utf8String: commonName }] }]);
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: name,
    publicKey: new PublicKey(publicKey),
    signingKey: createPrivateKey(privateKey).toCryptoKey(SHA256_RSA, false, ["sign"]),
    signingAlgorithm: SHA256_RSA,
    serialNumber: newSerialNumber(),
    notBefore: new Date(now),
    notAfter: new Date(now + LIFETIME),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  return { certificate: pemText({ label: "CERTIFICATE", der }), key: privateKey };
}
