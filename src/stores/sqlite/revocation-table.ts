import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Revocation } from "../pairing-records.ts";
import { hashBytes, hashText } from "./hash-bytes.ts";

/** A revocation as it stands, or as it stood when it was dropped. */
export interface RevocationRow extends Revocation {
  readonly position: number;
  readonly dropped: boolean;
}

/** What was revoked, in the order in which it changed. Writes run inside the caller's transaction. */
export class RevocationTable {
  readonly #read: StatementSync;
  readonly #put: StatementSync;
  readonly #after: StatementSync;
  readonly #end: StatementSync;
  readonly #drop: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare("SELECT * FROM revocations WHERE hash = ? AND dropped = 0");
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO revocations (hash, revoked_at, not_after, dropped) VALUES (?, ?, ?, 0)",
    );
    this.#after = database.prepare("SELECT * FROM revocations WHERE position > ? ORDER BY position LIMIT ?");
    this.#end = database.prepare("SELECT max(position) AS position FROM revocations");
    this.#drop = database.prepare(
      `INSERT OR REPLACE INTO revocations (hash, revoked_at, not_after, dropped)
       SELECT hash, revoked_at, not_after, 1 FROM revocations
       WHERE dropped = 0 AND not_after < ? ORDER BY not_after LIMIT ?`,
    );
    this.#forget = database.prepare(
      "DELETE FROM revocations WHERE position IN (SELECT position FROM revocations WHERE dropped = 1 AND position <= ? LIMIT ?)",
    );
  }

  get(hash: string): Revocation | undefined {
    const row = this.#read.get(hashBytes(hash));
    return row && toRow(row);
  }

  /** Adds it or takes the place of the one there was; watchers see it anew. */
  put({ hash, revokedAt, notAfter }: Revocation): void {
    this.#put.run(hashBytes(hash), revokedAt, notAfter ?? null);
  }

  after(position: number, most: number): RevocationRow[] {
    return this.#after.all(position, most).map(toRow);
  }

  /** The position of the last change that is still there. */
  get end(): number {
    return Number(this.#end.get()?.["position"] ?? 0);
  }

  /** Drops up to `most` whose certificate ended before `end`; gives how many. */
  drop(end: number, most: number): number {
    return Number(this.#drop.run(end, most).changes);
  }

  /** Removes up to `most` of the dropped ones that everybody has seen who has read up to `position`. */
  forget(position: number, most: number): void {
    this.#forget.run(position, most);
  }
}

function toRow(row: Readonly<Record<string, SQLOutputValue>>): RevocationRow {
  return {
    position: Number(row["position"]),
    hash: hashText(row["hash"]),
    revokedAt: Number(row["revoked_at"]),
    notAfter: row["not_after"] === null ? undefined : Number(row["not_after"]),
    dropped: row["dropped"] === 1,
  };
}
