import { randomUUID } from "node:crypto";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Claiming, PairingToken, TokenClaim } from "../pairing-records.ts";
import { StoreFailure } from "../store-failure.ts";
import { hashBytes, hashText, soughtBytes } from "./hash-bytes.ts";
import type { SentClaim } from "./pairing-protocol.ts";

/**
 * A span counts while `now` is less than its length away from its beginning, before or after (see
 * PairingRecords): the second half is for a clock that was turned back.
 */
const LIVES =
  "min(expires_at, chain_ends_at) > :now AND 2 * created_at - min(expires_at, chain_ends_at) < :now";
const HELD = "(claim IS NOT NULL AND claimed_until > :now AND 2 * claimed_at - claimed_until < :now)";

const LOST = "its claim lapsed and was lost";

/** One-time tokens, known by their hash. Writes run inside the caller's transaction. */
export class TokenTable {
  readonly #insert: StatementSync;
  readonly #claim: StatementSync;
  readonly #release: StatementSync;
  readonly #chainEnd: StatementSync;
  readonly #consume: StatementSync;
  readonly #purge: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO pairing_tokens
       (hash, purpose, application, tenant, tenant_group, created_at, expires_at, chain_ends_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#claim = database.prepare(
      `UPDATE pairing_tokens SET claim = :claim, claimed_at = :now, claimed_until = :until
       WHERE hash = :hash AND purpose = :purpose AND ${LIVES} AND NOT ${HELD} RETURNING *`,
    );
    this.#release = database.prepare(
      "UPDATE pairing_tokens SET claim = NULL, claimed_at = NULL, claimed_until = NULL WHERE hash = ? AND claim = ?",
    );
    this.#chainEnd = database.prepare(
      "SELECT chain_ends_at FROM pairing_tokens WHERE hash = ? AND claim = ?",
    );
    this.#consume = database.prepare("DELETE FROM pairing_tokens WHERE hash = ? AND claim = ?");
    this.#purge = database.prepare(`DELETE FROM pairing_tokens WHERE NOT (${LIVES}) AND NOT ${HELD}`);
  }

  add(token: PairingToken): undefined {
    const { hash, purpose, application, tenant, group, createdAt, expiresAt, chainEndsAt } = token;
    const who = [purpose, application, tenant ?? null, group ?? null] as const;
    const { changes } = this.#insert.run(hashBytes(hash), ...who, createdAt, expiresAt, chainEndsAt);
    if (Number(changes) === 0) throw refused(hash, "it exists already");
  }

  /** The one statement takes the token only where it is free, so that nothing can come between. */
  claim(hash: string, { now, leaseMilliseconds, purpose }: Claiming): TokenClaim | undefined {
    const id = randomUUID();
    const until = now + leaseMilliseconds;
    const row = this.#claim.get({ claim: id, hash: soughtBytes(hash), purpose, now, until });
    return row && { token: toToken(row), id };
  }

  release({ hash, id }: SentClaim): undefined {
    this.#release.run(soughtBytes(hash), id);
  }

  /** Adds one that comes of a claimed one, with whose chain it ends; STORE_CONFLICT where the claim was lost. */
  addNext({ hash, id }: SentClaim, next: PairingToken): undefined {
    const row = this.#chainEnd.get(soughtBytes(hash), id);
    if (!row) throw refused(hash, LOST);
    this.add({ ...next, chainEndsAt: Math.min(next.chainEndsAt, Number(row["chain_ends_at"])) });
  }

  /** Removes the token; STORE_CONFLICT where the claim was lost. */
  consume({ hash, id }: SentClaim): undefined {
    const { changes } = this.#consume.run(soughtBytes(hash), id);
    if (Number(changes) === 0) throw refused(hash, LOST);
  }

  /** Gives how many were removed. */
  purge(now: number): number {
    return Number(this.#purge.run({ now }).changes);
  }
}

/** The beginning of the hash is enough to find it, and is no use to anybody else. */
function refused(hash: string, reason: string): StoreFailure {
  return new StoreFailure("STORE_CONFLICT", ["pairing token", hash.slice(0, 8), reason]);
}

function toToken(row: Readonly<Record<string, SQLOutputValue>>): PairingToken {
  return {
    hash: hashText(row["hash"]),
    purpose: row["purpose"] as PairingToken["purpose"],
    application: String(row["application"]),
    tenant: optionalText(row["tenant"]),
    group: optionalText(row["tenant_group"]),
    createdAt: Number(row["created_at"]),
    expiresAt: Number(row["expires_at"]),
    chainEndsAt: Number(row["chain_ends_at"]),
  };
}

function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
