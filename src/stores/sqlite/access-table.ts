import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { AccessRecord } from "../access-records.ts";
import { StoreFailure } from "../store-failure.ts";
import type { AccessResults, AccessWriteRequest } from "./access-protocol.ts";
import { hashBytes, hashText, soughtBytes } from "./hash-bytes.ts";

/** The access tokens, known by their hash. Writes run inside the caller's transaction. */
export class AccessTable {
  readonly #list: StatementSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #used: StatementSync;

  constructor(database: DatabaseSync) {
    this.#list = database.prepare("SELECT * FROM access_tokens ORDER BY name");
    this.#insert = database.prepare(
      `INSERT INTO access_tokens
       (name, hash, prefix, role, applications, created_at, created_by, expires_at, last_used_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#remove = database.prepare("DELETE FROM access_tokens WHERE name = ?");
    this.#used = database.prepare("UPDATE access_tokens SET last_used_at = ? WHERE hash = ?");
  }

  list(): readonly AccessRecord[] {
    return this.#list.all().map(toRecord);
  }

  write(request: AccessWriteRequest): AccessResults[AccessWriteRequest["operation"]] {
    switch (request.operation) {
      case "addAccess":
        return this.#add(request.record);
      case "removeAccess":
        return Number(this.#remove.run(request.name).changes) > 0;
      case "usedAccess":
        this.#used.run(request.at, soughtBytes(request.hash));
        return undefined;
    }
  }

  #add(record: AccessRecord): undefined {
    const { name, prefix, role, createdAt, createdBy, expiresAt = null, lastUsedAt = null } = record;
    const applications = record.applications ? JSON.stringify(record.applications) : null;
    const who = [name, hashBytes(record.hash), prefix, role, applications] as const;
    const { changes } = this.#insert.run(...who, createdAt, createdBy, expiresAt, lastUsedAt);
    if (Number(changes) > 0) return undefined;
    throw new StoreFailure("STORE_CONFLICT", ["access token", name, "one of that name exists"]);
  }
}

function toRecord(row: Readonly<Record<string, SQLOutputValue>>): AccessRecord {
  const { applications } = row;
  return {
    name: String(row["name"]),
    hash: hashText(row["hash"]),
    prefix: String(row["prefix"]),
    role: row["role"] as AccessRecord["role"],
    applications: typeof applications === "string" ? (JSON.parse(applications) as string[]) : undefined,
    createdAt: Number(row["created_at"]),
    createdBy: String(row["created_by"]),
    expiresAt: time(row["expires_at"]),
    lastUsedAt: time(row["last_used_at"]),
  };
}

function time(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
