import { createHash } from "node:crypto";
import type { ApiTrust } from "./api-trust.ts";

/**
 * Everything by which two outgoing connections may not be shared: whether the server is verified, which client
 * certificate is presented (gateway spec §19), and what an API trusts otherwise than the others.
 */
export interface TlsIdentity {
  /** Equal for identities that may share connections; a hash, never key material. */
  readonly key: string;
  readonly verify: boolean;
  readonly certificate?: ClientCertificate;
  /** Whom an API trusts and where it may lie, where that is its own. */
  readonly trust?: ApiTrust;
}

export interface ClientCertificate {
  /** PEM, leaf first. */
  readonly crt: string;
  /** PEM, unencrypted. */
  readonly key: string;
}

export function tlsIdentity(verify: boolean, certificate?: ClientCertificate): TlsIdentity {
  return certificate ? identityOf({ verify, certificate }) : verify ? VERIFIED : UNVERIFIED;
}

/** For the calls of an API with a trust of its own. */
export function trustingIdentity(verify: boolean, trust: ApiTrust | undefined): TlsIdentity {
  return trust ? identityOf({ verify, trust }) : tlsIdentity(verify);
}

/** The same with this client certificate; undefined presents none. */
export function withCertificate(
  { verify, trust }: TlsIdentity,
  certificate: ClientCertificate | undefined,
): TlsIdentity {
  if (!trust) return tlsIdentity(verify, certificate);
  return identityOf(certificate ? { verify, trust, certificate } : { verify, trust });
}

const VERIFIED: TlsIdentity = Object.freeze({ key: "verified", verify: true });
const UNVERIFIED: TlsIdentity = Object.freeze({ key: "unverified", verify: false });

function identityOf(parts: Omit<TlsIdentity, "key">): TlsIdentity {
  const { verify, certificate, trust } = parts;
  const hash = createHash("sha256");
  if (certificate) hash.update(`${certificate.crt}\0${certificate.key}`);
  if (trust) hash.update(`\0trust\0${trust.key}`);
  return Object.freeze({
    ...parts,
    key: `${verify ? "verified" : "unverified"}:${hash.digest("base64url")}`,
  });
}
