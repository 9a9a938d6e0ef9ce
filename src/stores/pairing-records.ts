import type { Abortable, Paging } from "./store.ts";

/** What a pairing token may be turned into: the certificate of an Application, or of a whole runtime. */
export type PairingPurpose = "application" | "runtime";

/** A one-time token, which itself is known to its holder alone. All times in milliseconds since the epoch. */
export interface PairingToken {
  /** Lower-case hex SHA-256 of the token, as all hashes here: 64 digits. */
  readonly hash: string;
  readonly purpose: PairingPurpose;
  /** Empty for a runtime. */
  readonly application: string;
  readonly tenant: string | undefined;
  readonly group: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** No token that is exchanged for this one outlives it; nor does this one, whatever `expiresAt` says. */
  readonly chainEndsAt: number;
}

/** The right to use a token once, until the lease is over and somebody else took it. */
export interface TokenClaim {
  readonly token: PairingToken;
  /** Tells this claim from every other one of the same token. */
  readonly id: string;
}

export interface Claiming {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** More than the longest use takes: who comes later than this may find the token taken by another. */
  readonly leaseMilliseconds: number;
  /** A token of the other purpose is as unknown. */
  readonly purpose: PairingPurpose;
}

/** A certificate that was issued here. All times in milliseconds since the epoch. */
export interface IssuedCertificate {
  /** Of the certificate's DER. */
  readonly hash: string;
  /** Hex, as the certificate authority wrote it. */
  readonly serial: string;
  /** Hash of the DER of the certificate that signed it. */
  readonly issuer: string;
  readonly application: string;
  readonly purpose: PairingPurpose;
  readonly tenant?: string | undefined;
  readonly group?: string | undefined;
  readonly subject: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly issuedAt: number;
  /** Address of who asked for it. */
  readonly requestedFrom: string | undefined;
  /** Hash of the certificate under which it was asked for; undefined where a token was used. */
  readonly renewedFrom: string | undefined;
  readonly revokedAt: number | undefined;
}

export interface Revocation {
  readonly hash: string;
  readonly revokedAt: number;
  /** End of the certificate; undefined where we know nothing of it, and then the revocation stays for ever. */
  readonly notAfter: number | undefined;
}

/** All that are given must hold. */
export interface CertificateFilter {
  readonly application?: string | undefined;
  readonly issuer?: string | undefined;
  /** notAfter is before this. */
  readonly expiresBefore?: number | undefined;
  /** notAfter is at this or after: what has not ended yet, where it is now. */
  readonly expiresAfter?: number | undefined;
  /** false where absent. */
  readonly includeRevoked?: boolean | undefined;
}

/** Soonest end first. */
export interface CertificatePage {
  readonly items: readonly IssuedCertificate[];
  readonly continue?: string;
}

export type RevocationChange =
  | { readonly type: "revoked"; readonly revocation: Revocation }
  /** All revocations that there were have been sent; once per watch. */
  | { readonly type: "synced" }
  /** The certificate ended long ago: its revocation is of no use any more. */
  | { readonly type: "expired"; readonly hash: string };

/** How long records and revocations are kept after the end of their certificate. Milliseconds. */
export const KEPT_AFTER_END = 30 * 24 * 3_600_000;

/**
 * What pairing must not forget: tokens, certificates, revocations. Every write that resolved is durable, and
 * each is done whole or not at all, also when the process is killed.
 *
 * No method reads a clock: `now` is what the caller says. A token lives, and a claim holds, while `now` is less
 * than its length away from its beginning, before or after. So a clock that goes forward ends them early, one
 * that goes back stretches none to more than twice its length, one that goes back further ends them, and
 * replicas whose clocks differ a little agree. Records are kept for 30 days after the end of their
 * certificate, so a clock that runs ahead for a while makes no revoked certificate valid again.
 *
 * Rejects with a StoreFailure: STORE_CONFLICT as said below, and what every write may meet, such as
 * STORE_DISK_FULL (nothing was changed) and STORE_CLOSED.
 */
export interface PairingRecords {
  /** STORE_CONFLICT where a token of that hash exists. */
  addToken(token: PairingToken): Promise<void>;
  /**
   * Takes the token for one use. undefined when it is unknown, of the other purpose, expired, or taken by
   * another. Of many callers at once exactly one gets it. Another process, or this one after a crash, may
   * claim again when the lease is over.
   */
  claimToken(hash: string, options: Claiming): Promise<TokenClaim | undefined>;
  /** Gives it back unused. A claim that was lost meanwhile is no error. */
  releaseToken(claim: TokenClaim): Promise<void>;
  /**
   * Adds `next`, whose chain ends no later than that of the claimed token, whatever it says. The claimed one
   * stays claimed. STORE_CONFLICT when another took it after the lease, or it is gone; as addToken for `next`.
   */
  addNextToken(claim: TokenClaim, next: PairingToken): Promise<void>;
  /** Ends the claimed token; STORE_CONFLICT when another took it after the lease, or it is gone. */
  consumeToken(claim: TokenClaim): Promise<void>;
  /** Consumes the claimed token and records the certificate; STORE_CONFLICT as consumeToken. */
  redeemToken(claim: TokenClaim, issued: IssuedCertificate): Promise<void>;
  /** Removes tokens that expired and are not claimed; gives how many. */
  purgeTokens(now: number): Promise<number>;

  /** STORE_CONFLICT where it is recorded. It is revoked from the start where its hash was revoked before. */
  recordCertificate(issued: IssuedCertificate): Promise<void>;
  /**
   * true when it was not revoked before; the first time of a revocation stands. Works for hashes that were
   * never issued here. An undefined `notAfter` is taken from the record of the certificate, if there is one.
   */
  revoke(revocation: Revocation): Promise<boolean>;
  certificate(hash: string): Promise<IssuedCertificate | undefined>;
  /** Without a limit all of them. STORE_BAD_CONTINUE for a token that no page gave. */
  certificates(filter: CertificateFilter, paging?: Paging): Promise<CertificatePage>;
  /**
   * Every revocation there is, `synced`, then each new one as soon as it is durable; never a gap. One hash may
   * come more than once, with a `notAfter` that became known. Nothing is sent ahead of a reader by more than
   * a few thousand, so a slow one costs no memory. Aborting the signal ends it quietly, also while it waits;
   * closing the store ends it with STORE_CLOSED.
   */
  watchRevocations(options: Abortable): AsyncIterable<RevocationChange>;
  /** Removes records and revocations whose certificate ended more than 30 days before `now`; gives how many. */
  dropExpired(now: number): Promise<number>;
}
