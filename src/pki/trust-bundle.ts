import { createHash, X509Certificate } from "node:crypto";
import { Failure, reasonOf } from "../core/failures.ts";
import { pkiFailures } from "./failures.ts";
import { pemBlocks, pemText } from "./pem.ts";

/** Lower-case hex SHA-256 of a certificate's DER. */
export function certificateHash(pem: string): string {
  return createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
}

/** The certificates of a PEM text, each in our own spelling. PKI_UNREADABLE names `source` where one is broken. */
export function certificatesIn(text: string, source: string): readonly string[] {
  return Array.from(pemBlocks(text))
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ label, der }) => {
      try {
        return pemText({ label, der: new X509Certificate(der).raw });
      } catch (error) {
        const values = [source, reasonOf(error)];
        throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, values, { cause: error });
      }
    });
}

/** Whether `signer` issued `certificate`, by name, key identifier, key usage and signature. */
export function isIssuedBy(certificate: X509Certificate, signer: X509Certificate): boolean {
  return certificate.checkIssued(signer) && certificate.verify(signer.publicKey);
}

/**
 * A bundle without one authority: without what it issued, and without the roots above it that are there for
 * nothing else.
 */
export function withoutAuthority(bundle: readonly string[], hash: string): readonly string[] {
  const certificates = bundle.map((pem) => ({
    pem,
    hash: certificateHash(pem),
    parsed: new X509Certificate(pem),
  }));
  const retired = certificates.find((certificate) => certificate.hash === hash);
  if (!retired) return bundle;
  const isBelow = ({ parsed }: { parsed: X509Certificate }) => isIssuedBy(parsed, retired.parsed);
  const left = certificates.filter((certificate) => certificate !== retired && !isBelow(certificate));
  const isOrphan = ({ parsed }: { parsed: X509Certificate }) =>
    isIssuedBy(retired.parsed, parsed) &&
    !left.some((other) => other.parsed !== parsed && isIssuedBy(other.parsed, parsed));
  return left.filter((certificate) => !isOrphan(certificate)).map(({ pem }) => pem);
}
