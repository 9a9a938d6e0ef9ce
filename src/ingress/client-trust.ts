import { X509Certificate } from "node:crypto";
import { Failure } from "../core/failures.ts";
import { ingressFailures } from "./failures.ts";

/** Authorities whose certificates let a client in: PEM, one certificate each or several in one text. */
export interface TrustSource {
  bundle(): readonly string[];
  /** Calls `listener` after each change until the returned Disposable is disposed. */
  onChanged(listener: () => void): Disposable;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The authorities that are trusted now, and whether a certificate is still one of theirs. */
export class ClientTrust {
  /** A new object with each change: what was found out under another one must be found out again. */
  readonly authorities: readonly X509Certificate[];
  /** For `tls` options: one certificate each, because OpenSSL reads the first of a text only. */
  readonly certificates: readonly string[];
  /** Found to be issued by one of them: asked with each request, and a signature takes long to verify. */
  readonly #issued = new WeakSet<X509Certificate>();

  /**
   * Throws INGRESS_NO_TRUST for an empty bundle, INGRESS_INCOMPLETE_TRUST where a root is missing, and
   * OpenSSL's error for what is no certificate.
   */
  constructor(bundle: readonly string[]) {
    this.certificates = bundle.flatMap((text) => text.match(PEM) ?? []);
    if (this.certificates.length === 0) {
      throw new Failure("INGRESS_NO_TRUST", ingressFailures.INGRESS_NO_TRUST);
    }
    this.authorities = this.certificates.map((pem) => new X509Certificate(pem));
    // OpenSSL verifies up to a self-signed root; Node's servers do not pass on the option for less.
    for (const authority of this.authorities) {
      if (this.issued(authority)) continue;
      const name = authority.subject.replaceAll("\n", ", ");
      throw new Failure("INGRESS_INCOMPLETE_TRUST", ingressFailures.INGRESS_INCOMPLETE_TRUST, [name]);
    }
  }

  /** Whether one of the authorities itself signed the certificate; a common root above it is not enough. */
  issued(certificate: X509Certificate): boolean {
    if (this.#issued.has(certificate)) return true;
    const isIssued = this.authorities.some(
      (authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    );
    if (isIssued) this.#issued.add(certificate);
    return isIssued;
  }

  /**
   * Throws INGRESS_SHARED_AUTHORITY where a server certificate comes from a trusted authority: whoever holds
   * its key could come in as a client (connector spec §17).
   */
  assertSeparateFrom(serverCertificate: string): void {
    if (!this.issued(new X509Certificate(serverCertificate))) return;
    throw new Failure("INGRESS_SHARED_AUTHORITY", ingressFailures.INGRESS_SHARED_AUTHORITY);
  }
}
