import type { IssuedCertificate, PairingToken, Revocation } from "../pairing-records.ts";

/**
 * Copies of a caller's records with their own fields alone: an object of the caller may hold more, such as a
 * key, which does not cross threads or should not.
 */
export function sentToken(token: PairingToken): PairingToken {
  const { hash, purpose, application, tenant, group, createdAt, expiresAt, chainEndsAt } = token;
  return { hash, purpose, application, tenant, group, createdAt, expiresAt, chainEndsAt };
}

export function sentCertificate(issued: IssuedCertificate): IssuedCertificate {
  const { hash, serial, issuer, application, purpose, tenant, group, subject } = issued;
  const { notBefore, notAfter, issuedAt, requestedFrom, renewedFrom, revokedAt } = issued;
  const who = { application, purpose, tenant, group, subject };
  const times = { notBefore, notAfter, issuedAt, revokedAt };
  return { hash, serial, issuer, ...who, ...times, requestedFrom, renewedFrom };
}

export function sentRevocation({ hash, revokedAt, notAfter }: Revocation): Revocation {
  return { hash, revokedAt, notAfter };
}
