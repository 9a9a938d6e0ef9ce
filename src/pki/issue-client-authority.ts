// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { CertificatePair } from "./certificate-pair.ts";
import type { Validity } from "./issue.ts";
import { pemText } from "./pem.ts";
import { newSerialNumber } from "./serial-number.ts";
import { signingAlgorithm } from "./signing-algorithm.ts";

/** EC on P-256, or RSA of 3072 bits for clients and proxies that know nothing else. */
export type AuthorityKeyAlgorithm = "ec" | "rsa";

export interface AuthorityPairs {
  readonly root: CertificatePair;
  /** Signed by the root; signs leaves only. */
  readonly issuer: CertificatePair;
}

/** A root and the authority below it that signs client certificates, both as long as `validity`. */
export async function issueClientAuthority(
  algorithm: AuthorityKeyAlgorithm,
  validity: Validity,
): Promise<AuthorityPairs> {
  const [rootKey, issuerKey] = await Promise.all([newKey(algorithm), newKey(algorithm)]);
  // A name of its own for each generation, so that people and verifiers can tell them apart.
  const generation = `${validity.notBefore.getUTCFullYear()}-${newSerialNumber().slice(2, 8)}`;
  const root: Party = { name: `Application Connector client root CA ${generation}`, key: rootKey };
  const issuer: Party = { name: `Application Connector client CA ${generation}`, key: issuerKey };
  return {
    root: await issue(root, root, validity),
    issuer: await issue(issuer, root, validity),
  };
}

interface Party {
  readonly name: string;
  /** PKCS #8, PEM. */
  readonly key: KeyText;
}

interface KeyText {
  readonly privateKey: string;
  readonly publicKey: Buffer;
}

async function issue(party: Party, signer: Party, validity: Validity): Promise<CertificatePair> {
  const isRoot = party === signer;
  const key: KeyObject = createPrivateKey(signer.key.privateKey);
  const algorithm = signingAlgorithm(key);
  if (!algorithm) throw new TypeError("a key of this kind does not sign");
  const publicKey = new PublicKey(party.key.publicKey);
  const usage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [party.name] }],
    issuer: [{ CN: [signer.name] }],
    publicKey,
    signingKey: key.toCryptoKey(algorithm.parameters, false, ["sign"]),
    signingAlgorithm: { name: algorithm.parameters.name, hash: algorithm.hash },
    serialNumber: newSerialNumber(),
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, isRoot ? 1 : 0, true),
      new KeyUsagesExtension(isRoot ? usage : usage | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(new PublicKey(signer.key.publicKey)),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  return { certificate: pemText({ label: "CERTIFICATE", der }), key: party.key.privateKey };
}

const generate = promisify(generateKeyPair);

async function newKey(algorithm: AuthorityKeyAlgorithm): Promise<KeyText> {
  const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
  const publicKeyEncoding = { type: "spki", format: "der" } as const;
  return algorithm === "ec"
    ? await generate("ec", { namedCurve: "P-256", privateKeyEncoding, publicKeyEncoding })
    : await generate("rsa", { modulusLength: 3072, privateKeyEncoding, publicKeyEncoding });
}
