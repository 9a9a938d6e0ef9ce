import { createHash } from "node:crypto";

/**
 * Everything about TLS by which two outgoing connections may not be shared: whether the server is verified
 * and which client certificate is presented (gateway spec §19).
 */
export interface TlsIdentity {
  /** Equal for identities that may share connections; a hash, never key material. */
  readonly key: string;
  readonly verify: boolean;
  readonly certificate?: ClientCertificate;
}

export interface ClientCertificate {
  /** PEM, leaf first. */
  readonly crt: string;
  /** PEM, unencrypted. */
  readonly key: string;
}

export function tlsIdentity(verify: boolean, certificate?: ClientCertificate): TlsIdentity {
  if (!certificate) return verify ? VERIFIED : UNVERIFIED;
  const hash = createHash("sha256").update(`${certificate.crt}\0${certificate.key}`).digest("base64url");
  return Object.freeze({ key: `${verify ? "verified" : "unverified"}:${hash}`, verify, certificate });
}

const VERIFIED: TlsIdentity = Object.freeze({ key: "verified", verify: true });
const UNVERIFIED: TlsIdentity = Object.freeze({ key: "unverified", verify: false });
