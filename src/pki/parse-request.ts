// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";

/** What a PKCS #10 request says, not yet believed. */
export interface ParsedRequest {
  /** Values of a subject attribute by its short name, wherever they stand in the subject. */
  values(type: string): readonly string[];
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Buffer;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** Whether the request is signed with its own key; rejects where the two do not go together. */
  isSigned(): Promise<boolean>;
}

export interface SignatureAlgorithm {
  /** As Web Crypto names it, else a dotted number. */
  readonly name: string;
  readonly hash: string | undefined;
}

/** A request with a hundred alternative names has a tenth of these. */
const LIMITS = { maxDepth: 16, maxNodes: 2000, parseEmbedded: false };

/** Throws an Error, whatever the bytes are; its message names formats, never content. */
export function parseRequest(der: Buffer): ParsedRequest {
  if (!isOneSequence(der)) throw new Error("not exactly one DER sequence");
  const request = new Pkcs10CertificateRequest(der, { berOptions: LIMITS });
  // The typings lean on names of the DOM that are not here.
  const algorithm = request.signatureAlgorithm as unknown as { name: string; hash?: { name: string } };
  const { subjectName } = request;
  return {
    values: (type) => subjectName.getField(type),
    publicKeyInfo: Buffer.from(request.publicKey.rawData),
    signatureAlgorithm: { name: algorithm.name, hash: algorithm.hash?.name },
    isSigned: () => request.verify(),
  };
}

/** The library overlooks what follows the request. X.690 §§8.1.3, 10.1: definite lengths only. */
function isOneSequence(der: Buffer): boolean {
  const [tag, first = 0] = der;
  if (tag !== 0x30) return false;
  if (first < 0x80) return der.length === 2 + first;
  const bytes = first & 0x7f;
  if (bytes === 0 || bytes > 4 || der.length < 2 + bytes) return false;
  return der.length === 2 + bytes + der.readUIntBE(2, bytes);
}
