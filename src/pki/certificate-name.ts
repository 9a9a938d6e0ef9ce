import type { X509Certificate } from "node:crypto";

/** One attribute of a name: its short name (`CN`) or dotted number, and its value in clear. */
export interface CertificateAttribute {
  readonly type: string;
  readonly value: string;
}

/**
 * The relative names of a certificate's subject, in the order of its DER; nearly always one attribute each.
 * Decoded by OpenSSL, the parser that verified the certificate, so that no second reading can differ. Empty
 * where the certificate names nobody; names in bytes that are no text do not parse at all.
 */
export function readCertificateName(
  certificate: X509Certificate,
): readonly (readonly CertificateAttribute[])[] {
  // The typings promise a string; an empty name is undefined.
  const lines = (certificate.subject as string | undefined) ?? "";
  // One relative name a line, its attributes joined by ` + `. OpenSSL escapes values as RFC 2253 §2.4 does,
  // and control characters too, so that neither separator can stand in a value.
  return lines === "" ? [] : lines.split("\n").map((line) => line.split(" + ").map(readAttribute));
}

function readAttribute(text: string): CertificateAttribute {
  const at = text.indexOf("=");
  return { type: text.slice(0, at), value: unescaped(text.slice(at + 1)) };
}

function unescaped(text: string): string {
  return text.replace(/\\(?:([0-9A-F]{2})|(.))/gsu, (_, byte: string | undefined, character: string) =>
    // Only control characters come as bytes: all others are UTF-8 already.
    byte === undefined ? character : String.fromCharCode(Number.parseInt(byte, 16)),
  );
}
