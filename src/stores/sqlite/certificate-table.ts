import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { CertificateFilter, IssuedCertificate } from "../pairing-records.ts";
import { StoreFailure } from "../store-failure.ts";
import { hashBytes, hashText, soughtBytes } from "./hash-bytes.ts";
import type { CertificatePlace, CertificateRows } from "./pairing-protocol.ts";

/** What was issued, in the order of its end. Writes run inside the caller's transaction. */
export class CertificateTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #revoke: StatementSync;
  readonly #drop: StatementSync;
  readonly #pages = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO certificates
       (hash, serial, issuer, application, purpose, tenant, tenant_group, subject, not_before, not_after,
        issued_at, requested_from, renewed_from, revoked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#read = database.prepare("SELECT * FROM certificates WHERE hash = ?");
    this.#revoke = database.prepare("UPDATE certificates SET revoked_at = ? WHERE hash = ?");
    this.#drop = database.prepare(
      "DELETE FROM certificates WHERE id IN (SELECT id FROM certificates WHERE not_after < ? ORDER BY not_after LIMIT ?)",
    );
  }

  /** STORE_CONFLICT where it is recorded already. */
  add(issued: IssuedCertificate): void {
    const { changes } = this.#insert.run(
      hashBytes(issued.hash),
      issued.serial,
      hashBytes(issued.issuer),
      issued.application,
      issued.purpose,
      issued.tenant ?? null,
      issued.group ?? null,
      issued.subject,
      issued.notBefore,
      issued.notAfter,
      issued.issuedAt,
      issued.requestedFrom ?? null,
      issued.renewedFrom === undefined ? null : hashBytes(issued.renewedFrom),
      issued.revokedAt ?? null,
    );
    if (Number(changes) > 0) return;
    const values = ["certificate", issued.hash.slice(0, 8), "it is recorded already"];
    throw new StoreFailure("STORE_CONFLICT", values);
  }

  get(hash: string): IssuedCertificate | undefined {
    const row = this.#read.get(soughtBytes(hash));
    return row && toCertificate(row);
  }

  setRevoked(hash: string, revokedAt: number): void {
    this.#revoke.run(revokedAt, hashBytes(hash));
  }

  page(filter: CertificateFilter, after: CertificatePlace | undefined, limit: number): CertificateRows {
    const { conditions, values } = pageConditions(filter, after);
    const sql = `SELECT * FROM certificates WHERE ${conditions} ORDER BY not_after, id LIMIT ?`;
    let statement = this.#pages.get(sql);
    if (!statement) this.#pages.set(sql, (statement = this.#database.prepare(sql)));
    const rows = statement.all(...values, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(toCertificate),
      next: last && { notAfter: Number(last["not_after"]), row: Number(last["id"]) },
    };
  }

  /** Removes up to `most` that ended before `end`; gives how many. */
  drop(end: number, most: number): number {
    return Number(this.#drop.run(end, most).changes);
  }
}

function pageConditions(
  filter: CertificateFilter,
  after: CertificatePlace | undefined,
): { conditions: string; values: SQLInputValue[] } {
  const { application, issuer, expiresBefore, expiresAfter, includeRevoked = false } = filter;
  const values: SQLInputValue[] = [];
  const condition = (sql: string, ...bound: readonly (SQLInputValue | undefined)[]) => {
    if (bound.includes(undefined)) return "";
    values.push(...(bound as SQLInputValue[]));
    return sql;
  };
  const conditions = [
    condition("application = ?", application),
    // The plus keeps SQLite from the index of issuers: one issuer signs nearly all, an Application has a few.
    condition(application === undefined ? "issuer = ?" : "+issuer = ?", issuer && soughtBytes(issuer)),
    condition("not_after < ?", expiresBefore),
    condition("not_after >= ?", expiresAfter),
    condition("(not_after, id) > (?, ?)", after?.notAfter, after?.row),
    includeRevoked ? "" : "revoked_at IS NULL",
  ];
  return { conditions: conditions.filter((sql) => sql !== "").join(" AND ") || "TRUE", values };
}

function toCertificate(row: Readonly<Record<string, SQLOutputValue>>): IssuedCertificate {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : undefined);
  return {
    hash: hashText(row["hash"]),
    serial: String(row["serial"]),
    issuer: hashText(row["issuer"]),
    application: String(row["application"]),
    purpose: row["purpose"] as IssuedCertificate["purpose"],
    tenant: text("tenant"),
    group: text("tenant_group"),
    subject: String(row["subject"]),
    notBefore: Number(row["not_before"]),
    notAfter: Number(row["not_after"]),
    issuedAt: Number(row["issued_at"]),
    requestedFrom: text("requested_from"),
    renewedFrom: row["renewed_from"] === null ? undefined : hashText(row["renewed_from"]),
    revokedAt: row["revoked_at"] === null ? undefined : Number(row["revoked_at"]),
  };
}
