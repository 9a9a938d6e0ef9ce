import { createHash, randomBytes } from "node:crypto";
import type { IssuedCertificate, PairingToken } from "../../src/stores/pairing-records.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A moment for tests that give their own time. Milliseconds since the epoch. */
export const MOMENT = Date.UTC(2026, 5, 1);

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function anyHash(): string {
  return randomBytes(32).toString("hex");
}

/** A token of five minutes that nobody else has. */
export function pairingToken(extra: Partial<PairingToken> = {}): PairingToken {
  return {
    hash: anyHash(),
    purpose: "application",
    application: "shop",
    tenant: undefined,
    group: undefined,
    createdAt: MOMENT,
    expiresAt: MOMENT + 5 * MINUTE,
    chainEndsAt: MOMENT + 15 * MINUTE,
    ...extra,
  };
}

/** A certificate of 90 days that nobody else has. */
export function issuedCertificate(extra: Partial<IssuedCertificate> = {}): IssuedCertificate {
  return {
    hash: anyHash(),
    serial: randomBytes(16).toString("hex"),
    issuer: hashOf("issuer"),
    application: "shop",
    purpose: "application",
    tenant: undefined,
    group: undefined,
    subject: "O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop",
    notBefore: MOMENT - MINUTE,
    notAfter: MOMENT + 90 * DAY,
    issuedAt: MOMENT,
    requestedFrom: "127.0.0.1",
    renewedFrom: undefined,
    revokedAt: undefined,
    ...extra,
  };
}

/** The token that a test's process exchanges a token for. */
export function nextOf(hash: string): string {
  return hashOf(`next ${hash}`);
}

/** The certificate that a test's process redeems a token for. */
export function certificateOf(hash: string): string {
  return hashOf(`certificate ${hash}`);
}
