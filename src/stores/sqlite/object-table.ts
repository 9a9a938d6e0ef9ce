import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Resource } from "../../core/resources/resource.ts";
import type { RowCipher } from "./row-cipher.ts";
import { keyOf, type RowKey } from "./row-key.ts";
import { SealedText } from "./sealed-text.ts";

/** One stored object. The body stays sealed until somebody reads its text. */
export interface ObjectRow extends RowKey {
  readonly id: number;
  readonly uid: string;
  readonly version: number;
  /** deletionTimestamp is set. */
  readonly deleting: boolean;
  /** JSON of metadata.labels. */
  readonly labels: string;
  readonly body: SealedText;
}

export interface PageQuery {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Rows after this place only. */
  readonly after?: { readonly namespace: string; readonly name: string } | undefined;
}

const COLUMNS = "id, api_group, kind, namespace, name, uid, version, deleting, labels, body";

/** The current objects and who owns them. Writes run inside the caller's transaction. */
export class ObjectTable {
  readonly #database: DatabaseSync;
  readonly #cipher: RowCipher;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, cipher: RowCipher) {
    this.#database = database;
    this.#cipher = cipher;
  }

  get(key: RowKey): ObjectRow | undefined {
    const row = this.#prepare(
      `SELECT ${COLUMNS} FROM objects WHERE api_group = ? AND kind = ? AND namespace = ? AND name = ?`,
    ).get(key.group, key.kind, key.namespace, key.name);
    return row && this.#read(row);
  }

  hasUid(uid: string): boolean {
    return this.#prepare("SELECT 1 FROM objects WHERE uid = ?").get(uid) !== undefined;
  }

  /** Rows of one kind in the order of namespace and name, read while the caller iterates. */
  *page(query: PageQuery): Generator<ObjectRow> {
    const { conditions, values } = pageConditions(query);
    const order = "ORDER BY namespace, name";
    const statement = this.#database.prepare(`SELECT ${COLUMNS} FROM objects WHERE ${conditions} ${order}`);
    for (const row of statement.iterate(...values)) yield this.#read(row);
  }

  count(query: PageQuery): number {
    const { conditions, values } = pageConditions(query);
    const row = this.#prepare(`SELECT count(*) AS count FROM objects WHERE ${conditions}`).get(...values);
    return Number(row?.["count"]);
  }

  inNamespace(namespace: string): RowKey[] {
    return this.#keys("namespace = ? AND namespace <> ''", namespace);
  }

  isNamespaceEmpty(namespace: string): boolean {
    const row = this.#prepare("SELECT 1 FROM objects WHERE namespace = ? AND namespace <> '' LIMIT 1").get(
      namespace,
    );
    return row === undefined;
  }

  dependentsOf(uid: string): RowKey[] {
    return this.#keys("id IN (SELECT object FROM owners WHERE uid = ?)", uid);
  }

  insert(key: RowKey, value: Resource, body: SealedText): void {
    const { lastInsertRowid } = this.#prepare(
      `INSERT INTO objects (api_group, kind, namespace, name, uid, version, deleting, labels, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      key.group,
      key.kind,
      key.namespace,
      key.name,
      value.metadata.uid,
      Number(value.metadata.resourceVersion),
      isDeleting(value),
      labelsOf(value),
      body.stored,
    );
    this.#setOwners(Number(lastInsertRowid), value);
  }

  update(row: ObjectRow, value: Resource, body: SealedText): void {
    this.#prepare("UPDATE objects SET version = ?, deleting = ?, labels = ?, body = ? WHERE id = ?").run(
      Number(value.metadata.resourceVersion),
      isDeleting(value),
      labelsOf(value),
      body.stored,
      row.id,
    );
    this.#prepare("DELETE FROM owners WHERE object = ?").run(row.id);
    this.#setOwners(row.id, value);
  }

  delete(row: ObjectRow): void {
    this.#prepare("DELETE FROM objects WHERE id = ?").run(row.id);
  }

  #setOwners(id: number, value: Resource): void {
    for (const { uid } of value.metadata.ownerReferences ?? []) {
      this.#prepare("INSERT OR IGNORE INTO owners (uid, object) VALUES (?, ?)").run(uid, id);
    }
  }

  // Keys only: a namespace may hold more than fits in memory.
  #keys(condition: string, value: string): RowKey[] {
    const sql = `SELECT api_group, kind, namespace, name FROM objects WHERE ${condition} ORDER BY id`;
    return this.#prepare(sql).all(value).map(keyOf);
  }

  #read(row: Record<string, SQLOutputValue>): ObjectRow {
    const key = keyOf(row);
    return {
      ...key,
      id: Number(row["id"]),
      uid: String(row["uid"]),
      version: Number(row["version"]),
      deleting: row["deleting"] === 1,
      labels: String(row["labels"]),
      body: new SealedText(this.#cipher, key, row["body"] as string | Uint8Array),
    };
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

export function labelsOf(value: Resource): string {
  return JSON.stringify(value.metadata.labels ?? {});
}

function isDeleting(value: Resource): number {
  return value.metadata.deletionTimestamp === undefined ? 0 : 1;
}

function pageConditions(query: PageQuery): { conditions: string; values: SQLInputValue[] } {
  const conditions = ["api_group = ? AND kind = ?"];
  const values: SQLInputValue[] = [query.group, query.kind];
  if (query.namespace !== undefined) {
    conditions.push("namespace = ?");
    values.push(query.namespace);
  }
  if (query.name !== undefined) {
    conditions.push("name = ?");
    values.push(query.name);
  }
  if (query.after) {
    conditions.push("(namespace, name) > (?, ?)");
    values.push(query.after.namespace, query.after.name);
  }
  return { conditions: conditions.join(" AND "), values };
}
