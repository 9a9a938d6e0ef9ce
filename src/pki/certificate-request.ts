import type { KeyObject } from "node:crypto";
import { illegalBase64At } from "../core/base64.ts";
import { reasonOf } from "../core/failures.ts";
import { acceptableKey } from "./client-key.ts";
import type { ParsedRequest } from "./parse-request.ts";
import { pemBlocks } from "./pem.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import { compareSubject, type ExpectedSubject } from "./request-subject.ts";

/** A request that may be signed. Nothing of it goes into the certificate but its key. */
export interface CertificateRequest {
  readonly kind: "request";
  readonly publicKey: KeyObject;
}

/** Characters of base64; the body of a request has no more either. */
const LONGEST = 64 * 1024;

/**
 * Reads and checks a request: base64 of PEM of PKCS #10. The checks are rows 2 to 11 of connector spec §6, in
 * that order, the key's after row 4. Whatever the bytes are, it resolves, in time and memory bounded by their
 * length; 64 KiB are the most.
 */
export async function readCertificateRequest(
  encoded: string,
  expected: ExpectedSubject,
): Promise<CertificateRequest | RequestRefusal> {
  if (encoded.length > LONGEST) return refused("Error while parsing CSR: it is larger than 64 KiB");
  if (illegalBase64At(encoded) !== undefined) {
    return refused("There was an error while parsing the base64 content. An incorrect value was provided.");
  }
  // The label is not looked at: clients send `NEW CERTIFICATE REQUEST` too.
  const [block] = pemBlocks(Buffer.from(encoded, "base64").toString("latin1"));
  if (!block) return refused("Error while decoding pem block.");
  const request = await parsed(block.der);
  if ("kind" in request) return request;
  const publicKey = acceptableKey(request.publicKeyInfo);
  if (!publicKey) return refused("CSR: Invalid key provided.");
  const invalid = await signatureProblem(request, publicKey);
  if (invalid !== undefined) return refused(`CSR signature invalid: ${invalid}`);
  return compareSubject(request, expected) ?? { kind: "request", publicKey };
}

async function parsed(der: Buffer): Promise<ParsedRequest | RequestRefusal> {
  // Loaded only here: the library costs a start a quarter of a second.
  const { parseRequest } = await import("./parse-request.ts");
  try {
    return parseRequest(der);
  } catch (error) {
    return refused(`Error while parsing CSR: ${reasonOf(error)}`);
  }
}

/** Key type to the algorithms it can sign with, as Web Crypto names them. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  rsa: ["RSASSA-PKCS1-v1_5", "RSA-PSS"],
  ec: ["ECDSA"],
  ed25519: ["Ed25519"],
};

/** RFC 8017 appendix C; Web Crypto has no name for them. */
const OUTDATED: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.2": "MD2",
  "1.2.840.113549.1.1.3": "MD4",
  "1.2.840.113549.1.1.4": "MD5",
};

async function signatureProblem(request: ParsedRequest, key: KeyObject): Promise<string | undefined> {
  const { name, hash } = request.signatureAlgorithm;
  const insecure = hash === "SHA-1" ? hash : OUTDATED[name];
  if (insecure !== undefined) return `insecure algorithm ${insecure}`;
  if (!(ALGORITHMS[key.asymmetricKeyType ?? ""] ?? []).includes(name)) {
    return "the algorithm of the signature is unknown, or not one of the key";
  }
  try {
    return (await request.isSigned()) ? undefined : "verification failure";
  } catch {
    return "verification failure";
  }
}

function refused(text: string): RequestRefusal {
  return { kind: "refused", text };
}
