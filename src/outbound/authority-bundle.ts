import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates in a PEM text that may hold more, in one form; undefined where there is none, or one that is none. */
export function authorityBundle(pem: string): string | undefined {
  const blocks = pem.match(CERTIFICATE) ?? [];
  try {
    // A secure context ignores what is no certificate, and every call would fail instead.
    const certificates = blocks.map((block) => new X509Certificate(block).toString());
    return certificates.length === 0 ? undefined : certificates.join("");
  } catch {
    return undefined;
  }
}
