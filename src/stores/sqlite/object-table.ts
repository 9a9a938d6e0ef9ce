import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Resource } from "../../core/resources/resource.ts";
import type { RowCipher } from "./row-cipher.ts";
import { keyOf, type RowKey } from "./row-key.ts";
import { ItemTable } from "./item-table.ts";
import type { ListSplice } from "./protocol.ts";
import type { RowText } from "./row-text.ts";
import { SealedText } from "./sealed-text.ts";
import { joinedText, type SplitText } from "./split-text.ts";

/** The part of an object beside the items of its large list, which stand in rows of their own. */
export interface StoredHead extends SplitText {
  /** Of the items. */
  readonly bytes: number;
}

type StoredList = Pick<StoredHead, "at" | "bytes">;

interface WrittenColumns {
  readonly body: SQLInputValue;
  /** Absent where the object is written whole. */
  readonly list?: StoredList;
}

/** One stored object. The body stays sealed, and in pieces, until somebody reads its text. */
export interface ObjectRow extends RowKey {
  readonly id: number;
  readonly uid: string;
  readonly version: number;
  /** deletionTimestamp is set. */
  readonly deleting: boolean;
  /** JSON of metadata.labels. */
  readonly labels: string;
  readonly body: RowText;
  /** Where the items of its large list stand apart. */
  readonly split: StoredHead | undefined;
}

/** What an object is written as: whole, or with the items of its large list apart. */
export interface WrittenBody {
  readonly whole: RowText;
  readonly split?: { readonly text: SplitText; readonly items: readonly string[] } | undefined;
}

export interface PageQuery {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Rows after this place only. */
  readonly after?: { readonly namespace: string; readonly name: string } | undefined;
}

const COLUMNS =
  "id, api_group, kind, namespace, name, uid, version, deleting, labels, body, list_at, list_bytes";

/** The current objects and who owns them. Writes run inside the caller's transaction. */
export class ObjectTable {
  readonly #database: DatabaseSync;
  readonly #cipher: RowCipher;
  readonly #items: ItemTable;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, cipher: RowCipher) {
    this.#database = database;
    this.#cipher = cipher;
    this.#items = new ItemTable(database);
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

  insert(key: RowKey, value: Resource, { whole, split }: WrittenBody): void {
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
      split ? split.text.head : whole.stored,
    );
    const id = Number(lastInsertRowid);
    if (split) this.#setList(id, { at: split.text.at, bytes: this.#items.replace(id, split.items) });
    this.#setOwners(id, value);
  }

  update(row: ObjectRow, value: Resource, { whole, split }: WrittenBody): void {
    if (split) {
      const bytes = this.#items.replace(row.id, split.items);
      return this.#write(row, value, { body: split.text.head, list: { at: split.text.at, bytes } });
    }
    if (row.split) this.#items.remove(row.id);
    this.#write(row, value, { body: whole.stored });
  }

  /**
   * Changes some items of a list that stands apart, and the rest of the object. Gives the bytes that all of the
   * items have now; undefined where that cannot be done, and nothing is changed.
   */
  splice(row: ObjectRow, value: Resource, change: { text: SplitText; list: ListSplice }): number | undefined {
    const more = row.split && this.#items.splice(row.id, change.list);
    if (!row.split || more === undefined) return undefined;
    const bytes = row.split.bytes + more;
    this.#write(row, value, { body: change.text.head, list: { at: change.text.at, bytes } });
    return bytes;
  }

  delete(row: ObjectRow): void {
    if (row.split) this.#items.remove(row.id);
    this.#prepare("DELETE FROM objects WHERE id = ?").run(row.id);
  }

  #write(row: ObjectRow, value: Resource, { body, list }: WrittenColumns): void {
    this.#prepare(
      "UPDATE objects SET version = ?, deleting = ?, labels = ?, body = ?, list_at = ?, list_bytes = ? WHERE id = ?",
    ).run(
      Number(value.metadata.resourceVersion),
      isDeleting(value),
      labelsOf(value),
      body,
      list?.at ?? null,
      list?.bytes ?? null,
      row.id,
    );
    this.#prepare("DELETE FROM owners WHERE object = ?").run(row.id);
    this.#setOwners(row.id, value);
  }

  /** Of a new object: its items are kept under its number, which it has only then. */
  #setList(id: number, { at, bytes }: StoredList): void {
    this.#prepare("UPDATE objects SET list_at = ?, list_bytes = ? WHERE id = ?").run(at, bytes, id);
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
    const id = Number(row["id"]);
    const body = new SealedText(this.#cipher, key, row["body"] as string | Uint8Array);
    const split = splitOf(row);
    return {
      ...key,
      id,
      uid: String(row["uid"]),
      version: Number(row["version"]),
      deleting: row["deleting"] === 1,
      labels: String(row["labels"]),
      body: split ? new ApartText(split, () => this.#items.texts(id)) : body,
      split,
    };
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

function splitOf(row: Record<string, SQLOutputValue>): StoredHead | undefined {
  const at = row["list_at"];
  return typeof at === "number"
    ? { head: String(row["body"]), at, bytes: Number(row["list_bytes"]) }
    : undefined;
}

/** The text of an object whose items stand apart: they are read when somebody asks for all of it. */
class ApartText implements RowText {
  readonly sealed = false;
  readonly #split: SplitText;
  readonly #items: () => readonly string[];

  constructor(split: SplitText, items: () => readonly string[]) {
    this.#split = split;
    this.#items = items;
  }

  get stored(): string {
    return this.read();
  }

  read(): string {
    return joinedText(this.#split, this.#items());
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
