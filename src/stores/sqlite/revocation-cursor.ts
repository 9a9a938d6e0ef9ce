import type { RevocationChange } from "../pairing-records.ts";
import type { RevocationRow, RevocationTable } from "./revocation-table.ts";

/** What one answer to a watcher may hold, so that neither thread is blocked for long. */
const CHUNK = 1000;

/**
 * One watcher's place among the revocations. Nothing is queued for it: what it has not read yet is in the
 * table, and whatever changes moves to the end of it, so that one number tells what is new.
 */
export class RevocationCursor {
  readonly #table: RevocationTable;
  /** The list is complete when everything up to here was read. */
  readonly #listEnd: number;
  #position = 0;
  #synced = false;

  constructor(table: RevocationTable) {
    this.#table = table;
    this.#listEnd = table.end;
  }

  /** Everything that was dropped up to this position is known to the watcher, or never concerned it. */
  get seen(): number {
    return Math.max(this.#position, this.#listEnd);
  }

  /** The next changes, or none when the watcher is up to date. */
  next(): RevocationChange[] {
    const changes: RevocationChange[] = [];
    // Rows that concern nobody may fill a whole read, and no change would mean "up to date".
    while (changes.length === 0) {
      const rows = this.#table.after(this.#position, CHUNK);
      this.#position = rows.at(-1)?.position ?? this.#position;
      changes.push(...rows.filter((row) => this.#concerns(row)).map(toChange));
      const complete = rows.length < CHUNK;
      if (!this.#synced && (complete || this.#position >= this.#listEnd)) {
        this.#synced = true;
        changes.push({ type: "synced" });
      }
      if (complete) break;
    }
    return changes;
  }

  /** What was dropped before the list began was never shown. */
  #concerns({ dropped, position }: RevocationRow): boolean {
    return !dropped || position > this.#listEnd;
  }
}

function toChange({ hash, revokedAt, notAfter, dropped }: RevocationRow): RevocationChange {
  return dropped ? { type: "expired", hash } : { type: "revoked", revocation: { hash, revokedAt, notAfter } };
}
