import type { DatabaseSync } from "node:sqlite";
import { KEPT_AFTER_END, type IssuedCertificate, type Revocation } from "../pairing-records.ts";
import { CertificateTable } from "./certificate-table.ts";
import {
  DROPPED_AT_ONCE,
  type PairingReadRequest,
  type PairingResults,
  type PairingWriteRequest,
} from "./pairing-protocol.ts";
import { RevocationCursor } from "./revocation-cursor.ts";
import { RevocationTable } from "./revocation-table.ts";
import { TokenTable } from "./token-table.ts";

type WriteResult = PairingResults[PairingWriteRequest["operation"]];
type ReadResult = PairingResults[PairingReadRequest["operation"]];

/** The records of pairing. Each write is one step within the caller's transaction: all of it or nothing. */
export class PairingTables {
  readonly #tokens: TokenTable;
  readonly #certificates: CertificateTable;
  readonly #revocations: RevocationTable;

  constructor(database: DatabaseSync) {
    this.#tokens = new TokenTable(database);
    this.#certificates = new CertificateTable(database);
    this.#revocations = new RevocationTable(database);
  }

  write(request: PairingWriteRequest): WriteResult {
    switch (request.operation) {
      case "addToken":
        return this.#tokens.add(request.token);
      case "claimToken":
        return this.#tokens.claim(request.hash, request);
      case "releaseToken":
        return this.#tokens.release(request.claim);
      case "addNextToken":
        return this.#tokens.addNext(request.claim, request.next);
      case "consumeToken":
        return this.#tokens.consume(request.claim);
      case "redeemToken":
        this.#tokens.consume(request.claim);
        return this.#record(request.issued);
      case "purgeTokens":
        return this.#tokens.purge(request.now);
      case "recordCertificate":
        return this.#record(request.issued);
      case "revoke":
        return this.#revoke(request.revocation);
      case "dropExpired":
        return this.#dropExpired(request.now);
    }
  }

  read(request: PairingReadRequest): ReadResult {
    if (request.operation === "certificate") return this.#certificates.get(request.hash);
    return this.#certificates.page(request.filter, request.after, request.limit);
  }

  watchRevocations(): RevocationCursor {
    return new RevocationCursor(this.#revocations);
  }

  /** Upkeep, done in the background a part at a time: what was dropped need not stay once all watchers know. */
  forgetDropped(watchers: Iterable<RevocationCursor>): void {
    const seen = Array.from(watchers, (cursor) => cursor.seen);
    this.#revocations.forget(Math.min(Number.MAX_SAFE_INTEGER, ...seen), 10 * DROPPED_AT_ONCE);
  }

  #record(issued: IssuedCertificate): undefined {
    const { hash, notAfter } = issued;
    const revocation = this.#revocations.get(hash);
    this.#certificates.add({ ...issued, revokedAt: revocation?.revokedAt ?? issued.revokedAt });
    // Now it is known when the revocation ends to be of use.
    if (revocation && revocation.notAfter === undefined) this.#revocations.put({ ...revocation, notAfter });
    else if (issued.revokedAt !== undefined) this.#revoke({ hash, revokedAt: issued.revokedAt, notAfter });
  }

  #revoke(revocation: Revocation): boolean {
    const { hash, revokedAt } = revocation;
    const notAfter = revocation.notAfter ?? this.#certificates.get(hash)?.notAfter;
    const existing = this.#revocations.get(hash);
    if (!existing) {
      this.#revocations.put({ hash, revokedAt, notAfter });
      this.#certificates.setRevoked(hash, revokedAt);
      return true;
    }
    if (existing.notAfter === undefined && notAfter !== undefined) {
      this.#revocations.put({ ...existing, notAfter });
    }
    return false;
  }

  /** Gives how many went; more may be left until it gives 0. */
  #dropExpired(now: number): number {
    const end = now - KEPT_AFTER_END;
    return this.#certificates.drop(end, DROPPED_AT_ONCE) + this.#revocations.drop(end, DROPPED_AT_ONCE);
  }
}
