import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { ChangeLog, LoggedChange } from "./change-log.ts";
import { labelsOf, type ObjectRow, type ObjectTable } from "./object-table.ts";
import type { RowCipher } from "./row-cipher.ts";
import type { RowKey } from "./row-key.ts";
import { SealedText } from "./sealed-text.ts";
import { withMetadata } from "./server-fields.ts";

/** Bytes of JSON that one object may have. */
const OBJECT_LIMIT = 1_572_864;

/** Changes the objects and the log together: whatever happens to a row stands in both, under one version. */
export class Ledger {
  readonly objects: ObjectTable;
  readonly log: ChangeLog;
  readonly #cipher: RowCipher;

  constructor(objects: ObjectTable, log: ChangeLog, cipher: RowCipher) {
    this.objects = objects;
    this.log = log;
    this.#cipher = cipher;
  }

  /** Gives the JSON text of the object as stored. */
  add(kind: Kind, value: Resource): string {
    const key = rowKey(kind, value.metadata);
    const { stored, text, body } = this.#nextState(kind, key, value);
    this.objects.insert(key, stored, body);
    this.#log(key, { type: "added", labels: labelsOf(stored), body, previous: undefined });
    return text;
  }

  change(kind: Kind, row: ObjectRow, value: Resource): string {
    const { stored, text, body } = this.#nextState(kind, row, value);
    this.objects.update(row, stored, body);
    const previous = { labels: row.labels, body: row.body };
    this.#log(row, { type: "modified", labels: labelsOf(stored), body, previous });
    return text;
  }

  /** Watchers see the stored state go, with the version of the deletion. */
  remove(kind: Kind, row: ObjectRow): void {
    const { body } = this.#nextState(kind, row, readObject(row));
    this.objects.delete(row);
    this.#log(row, { type: "deleted", labels: row.labels, body, previous: undefined });
  }

  #nextState(kind: Kind, key: RowKey, value: Resource) {
    const stored = withMetadata(value, { resourceVersion: String(this.log.version + 1) });
    const text = JSON.stringify(stored);
    if (Buffer.byteLength(text) > OBJECT_LIMIT) {
      throw new StoreFailure("STORE_TOO_LARGE", [OBJECT_LIMIT], { resource: kind });
    }
    return { stored, text, body: SealedText.of(this.#cipher, key, text, kind.secret === true) };
  }

  #log(key: RowKey, change: Omit<LoggedChange, keyof RowKey | "version">): void {
    const { group, kind, namespace, name } = key;
    this.log.append({ group, kind, namespace, name, version: this.log.version + 1, ...change });
  }
}

export function rowKey(
  kind: Pick<Kind, "group" | "kind" | "scope">,
  ref: { readonly name: string; readonly namespace?: string },
): RowKey {
  const namespace = kind.scope === "Namespaced" ? (ref.namespace ?? "") : "";
  return { group: kind.group, kind: kind.kind, namespace, name: ref.name };
}

export function readObject(row: ObjectRow): Resource {
  return JSON.parse(row.body.read()) as Resource;
}
