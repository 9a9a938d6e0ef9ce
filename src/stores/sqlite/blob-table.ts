import { hash as hashOf } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeptBlob } from "../blob-store.ts";
import { StoreFailure } from "../store-failure.ts";
import type { BlobResults, BlobWriteRequest } from "./blob-protocol.ts";
import { hashBytes, hashText, soughtBytes } from "./hash-bytes.ts";

export type WriteOutcome = { readonly result: undefined } | { readonly error: unknown };

const DONE: WriteOutcome = { result: undefined };

/** The contents of the database of blobs. */
export class BlobTable {
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<"put" | "delete" | "get" | "has" | "list", StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      // Damaged content is replaced; SQLite leaves pages alone that would stay the same.
      put: prepare(`
        INSERT INTO blobs (hash, put_at, content) VALUES (?, ?, ?)
        ON CONFLICT (hash) DO UPDATE SET put_at = excluded.put_at, content = excluded.content
      `),
      delete: prepare("DELETE FROM blobs WHERE hash = ? AND put_at < ?"),
      get: prepare("SELECT content FROM blobs WHERE hash = ?"),
      has: prepare("SELECT 1 FROM blobs WHERE hash = ?"),
      list: prepare(
        "SELECT hash, put_at, length(content) AS size FROM blobs WHERE hash > ? ORDER BY hash LIMIT ?",
      ),
    };
  }

  /** All with one fsync; where they cannot be written together, each by itself. In their order. */
  write(requests: readonly BlobWriteRequest[]): readonly WriteOutcome[] {
    if (requests.length === 0) return [];
    try {
      this.#inTransaction(() => {
        for (const request of requests) this.#write(request);
      });
      return requests.map(() => DONE);
    } catch (error) {
      if (requests.length === 1) return [{ error }];
      return requests.flatMap((request) => this.write([request]));
    }
  }

  /** BLOB_DAMAGED where the bytes are not those of the hash. */
  get(hash: string): BlobResults["get"] {
    const content = this.#statements.get.get(soughtBytes(hash))?.["content"];
    if (!(content instanceof Uint8Array)) return undefined;
    if (hashOf("sha256", content) !== hash) throw new StoreFailure("BLOB_DAMAGED", [hash]);
    return content;
  }

  has(hash: string): boolean {
    return this.#statements.has.get(soughtBytes(hash)) !== undefined;
  }

  list(after: string, limit: number): readonly KeptBlob[] {
    const rows = this.#statements.list.all(Buffer.from(after, "hex"), limit);
    return rows.map(({ hash, put_at: putAt, size }) => ({
      hash: hashText(hash),
      size: Number(size),
      putAt: Number(putAt),
    }));
  }

  close(): void {
    this.#database.close();
  }

  #write(request: BlobWriteRequest): void {
    if (request.operation === "put") {
      const { hash, content, putAt } = request.blob;
      this.#statements.put.run(hashBytes(hash), putAt, content);
    } else {
      const { hash, putBefore } = request;
      this.#statements.delete.run(soughtBytes(hash), Math.min(putBefore, Number.MAX_SAFE_INTEGER));
    }
  }

  #inTransaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite ends the transaction itself after some errors, such as a full disk.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
