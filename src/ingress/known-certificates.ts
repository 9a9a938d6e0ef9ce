import type { X509Certificate } from "node:crypto";
import { readClientCertificate, type ClientCertificate } from "./client-certificate.ts";

/** Certificates remembered; beyond that the one that came longest ago is forgotten. */
const REMEMBERED = 1000;

/**
 * The certificates that came lately, each as one object however many connections show it: what is found out
 * about one need not be found out again with the next connection of its client.
 */
export class KnownCertificates {
  /** By the SHA-256 of the DER, so that two certificates are never taken for each other; latest last. */
  readonly #certificates = new Map<string, ClientCertificate>();

  /** `parsed` is the leaf that the TLS handshake has verified. */
  of(parsed: X509Certificate): ClientCertificate {
    const { fingerprint256 } = parsed;
    const certificate = this.#certificates.get(fingerprint256) ?? readClientCertificate(parsed);
    this.#certificates.delete(fingerprint256);
    this.#certificates.set(fingerprint256, certificate);
    if (this.#certificates.size > REMEMBERED) this.#forgetOldest();
    return certificate;
  }

  #forgetOldest(): void {
    for (const fingerprint of this.#certificates.keys()) {
      this.#certificates.delete(fingerprint);
      return;
    }
  }
}
