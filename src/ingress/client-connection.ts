import type { TLSSocket } from "node:tls";
import type { ClientTrust } from "./client-trust.ts";
import { refusal, type IngressRefusal } from "./failures.ts";
import type { ClientCertificate } from "./client-certificate.ts";
import type { KnownCertificates } from "./known-certificates.ts";

/** What decides whether a certificate lets its holder in, at one moment. */
export interface Admission {
  readonly trust: ClientTrust;
  /** Whether a certificate is revoked; undefined where the list was never read. */
  readonly revoked: (hash: string) => boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The certificate of one connection. TLS verified it once, at the handshake; connections live for long, so
 * everything that may have changed since is looked at again with each request (connector spec §17).
 */
export class ClientConnection {
  readonly certificate: ClientCertificate | undefined;

  constructor(socket: TLSSocket, known: KnownCertificates) {
    // Never of a socket that Node did not authorise, whatever certificate it shows (nodejs/node#35317).
    const peer = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    this.certificate = peer ? known.of(peer) : undefined;
  }

  /** Why a request over this connection must be refused; undefined when it may pass. */
  refusal({ trust, revoked, now }: Admission, revokesItself: boolean): IngressRefusal | undefined {
    const { certificate } = this;
    if (!certificate) return refusal("INGRESS_CERTIFICATE_MISSING");
    if (!(now <= certificate.notAfter)) return refusal("INGRESS_CERTIFICATE_EXPIRED");
    if (!(now >= certificate.notBefore)) return refusal("INGRESS_CERTIFICATE_NOT_YET_VALID");
    if (!certificate.forClients) return refusal("INGRESS_CERTIFICATE_PURPOSE");
    if (!trust.issued(certificate.parsed)) return refusal("INGRESS_CERTIFICATE_UNTRUSTED");
    if (revokesItself) return undefined;
    const isRevoked = revoked(certificate.hash);
    if (isRevoked === undefined) return refusal("INGRESS_REVOCATIONS_UNREAD");
    return isRevoked ? refusal("INGRESS_CERTIFICATE_REVOKED") : undefined;
  }
}
