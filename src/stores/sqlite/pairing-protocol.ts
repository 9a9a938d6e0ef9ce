import type {
  CertificateFilter,
  Claiming,
  IssuedCertificate,
  PairingToken,
  Revocation,
  RevocationChange,
  TokenClaim,
} from "../pairing-records.ts";

export type PairingWriteRequest =
  | { readonly operation: "addToken"; readonly token: PairingToken }
  | ({ readonly operation: "claimToken"; readonly hash: string } & Claiming)
  | { readonly operation: "releaseToken"; readonly claim: SentClaim }
  | { readonly operation: "addNextToken"; readonly claim: SentClaim; readonly next: PairingToken }
  | { readonly operation: "consumeToken"; readonly claim: SentClaim }
  | { readonly operation: "redeemToken"; readonly claim: SentClaim; readonly issued: IssuedCertificate }
  | { readonly operation: "purgeTokens"; readonly now: number }
  | { readonly operation: "recordCertificate"; readonly issued: IssuedCertificate }
  | { readonly operation: "revoke"; readonly revocation: Revocation }
  /** Drops at most DROPPED_AT_ONCE of each, so that nobody waits for long. */
  | { readonly operation: "dropExpired"; readonly now: number };

export type PairingReadRequest =
  | { readonly operation: "certificate"; readonly hash: string }
  | {
      readonly operation: "certificates";
      readonly filter: CertificateFilter;
      readonly after: CertificatePlace | undefined;
      readonly limit: number;
    };

export type RevocationWatchRequest =
  | { readonly operation: "watchRevocations"; readonly watch: number }
  /** Answered with at least one change, as soon as there is one. */
  | { readonly operation: "pullRevocations"; readonly watch: number }
  | { readonly operation: "unwatchRevocations"; readonly watch: number };

/** What is needed of a claim to recognise it. */
export interface SentClaim {
  readonly hash: string;
  readonly id: string;
}

/** Certificates are in the order of their end, then of their row. */
export interface CertificatePlace {
  readonly notAfter: number;
  readonly row: number;
}

export interface CertificateRows {
  readonly items: readonly IssuedCertificate[];
  /** Of the last item; undefined where there are no more after it. */
  readonly next: CertificatePlace | undefined;
}

/** A step of this size takes some tens of milliseconds among a million certificates. */
export const DROPPED_AT_ONCE = 200;

/** What an operation resolves to. */
export interface PairingResults {
  readonly addToken: undefined;
  readonly claimToken: TokenClaim | undefined;
  readonly releaseToken: undefined;
  readonly addNextToken: undefined;
  readonly consumeToken: undefined;
  readonly redeemToken: undefined;
  readonly purgeTokens: number;
  readonly recordCertificate: undefined;
  readonly revoke: boolean;
  readonly dropExpired: number;
  readonly certificate: IssuedCertificate | undefined;
  readonly certificates: CertificateRows;
  readonly watchRevocations: undefined;
  readonly pullRevocations: readonly RevocationChange[];
  readonly unwatchRevocations: undefined;
}

type WriteOperation = PairingWriteRequest["operation"];

const writes: Readonly<Record<WriteOperation, true>> = {
  addToken: true,
  claimToken: true,
  releaseToken: true,
  addNextToken: true,
  consumeToken: true,
  redeemToken: true,
  purgeTokens: true,
  recordCertificate: true,
  revoke: true,
  dropExpired: true,
};

export function isPairingWrite<R extends { readonly operation: string }>(
  request: R,
): request is Extract<R, { readonly operation: WriteOperation }> {
  return Object.hasOwn(writes, request.operation);
}
