// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { createPrivateKey, KeyObject, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { CertificatePair } from "./certificate-pair.ts";
import { newSerialNumber } from "./serial-number.ts";

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const EC_P256 = { name: "ECDSA", namedCurve: "P-256" };
const SHA256 = { name: "ECDSA", hash: "SHA-256" };

/** A self-signed certificate authority whose certificates can only be leaves. */
export async function issueAuthority(commonName: string, validity: Validity): Promise<CertificatePair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    serialNumber: newSerialNumber(),
    signingAlgorithm: SHA256,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: keyPem(keys) };
}

/** A TLS server certificate for host names and addresses, signed by `authority`. */
export async function issueServerCertificate(
  authority: CertificatePair,
  names: readonly string[],
  validity: Validity,
): Promise<CertificatePair> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? "localhost"] }],
    issuer: issuer.subjectName.toJSON(),
    publicKey: keys.publicKey,
    signingKey: createPrivateKey(authority.key).toCryptoKey(EC_P256, false, ["sign"]),
    serialNumber: newSerialNumber(),
    signingAlgorithm: SHA256,
    ...validity,
    extensions: await serverExtensions(issuer, keys, names),
  });
  return { certificate: pem(certificate), key: keyPem(keys) };
}

async function serverExtensions(
  issuer: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  names: readonly string[],
): Promise<Extension[]> {
  const alternatives = names.map((value): JsonGeneralName => ({ type: isIP(value) ? "ip" : "dns", value }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(alternatives),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ];
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC_P256, true, ["sign", "verify"]);
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

function keyPem(keys: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
}
