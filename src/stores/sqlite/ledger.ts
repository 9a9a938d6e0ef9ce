import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { ChangeLog, LoggedChange } from "./change-log.ts";
import { labelsOf, type ObjectRow, type ObjectTable } from "./object-table.ts";
import type { RowCipher } from "./row-cipher.ts";
import type { RowKey } from "./row-key.ts";
import { SealedText } from "./sealed-text.ts";
import { withMetadata } from "./server-fields.ts";

/** Bytes of JSON that one object may have where its kind says nothing else. */
const OBJECT_LIMIT = 1_572_864;

interface NextState {
  readonly stored: Resource;
  readonly text: string;
  readonly body: SealedText;
}

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
    const state = limited(this.#nextState(key, value, kind.secret === true), kind);
    const { stored, text, body } = state;
    this.objects.insert(key, stored, body);
    this.#log(key, { type: "added", labels: labelsOf(stored), body, previous: undefined });
    return text;
  }

  change(kind: Kind, row: ObjectRow, value: Resource): string {
    const state = limited(this.#nextState(row, value, row.body.sealed), kind);
    // Only a selector that the object may cease to match asks for the state before, which doubles what is written.
    const isAsked = kind.selectableFields !== undefined || labelsOf(state.stored) !== row.labels;
    return this.#change(row, state, isAsked);
  }

  /** The server's own change of an object, which may take it over the limit for writers. */
  amend(row: ObjectRow, value: Resource): void {
    this.#change(row, this.#nextState(row, value, row.body.sealed), true);
  }

  /** Watchers see the stored state go, with the version of the deletion. */
  remove(row: ObjectRow): void {
    const { body } = this.#nextState(row, readObject(row), row.body.sealed);
    this.objects.delete(row);
    this.#log(row, { type: "deleted", labels: row.labels, body, previous: undefined });
  }

  #change(row: ObjectRow, { stored, text, body }: NextState, withPrevious: boolean): string {
    this.objects.update(row, stored, body);
    const previous = withPrevious ? { labels: row.labels, body: row.body } : undefined;
    this.#log(row, { type: "modified", labels: labelsOf(stored), body, previous });
    return text;
  }

  #nextState(key: RowKey, value: Resource, secret: boolean): NextState {
    const stored = withMetadata(value, { resourceVersion: String(this.log.version + 1) });
    const text = JSON.stringify(stored);
    const body = new SealedText(this.#cipher, key, secret ? this.#cipher.seal(key, text) : text);
    return { stored, text, body };
  }

  #log(key: RowKey, change: Omit<LoggedChange, keyof RowKey | "version">): void {
    const { group, kind, namespace, name } = key;
    this.log.append({ group, kind, namespace, name, version: this.log.version + 1, ...change });
  }
}

function limited(state: NextState, { sizeLimit = OBJECT_LIMIT }: Kind): NextState {
  if (Buffer.byteLength(state.text) <= sizeLimit) return state;
  throw new StoreFailure("STORE_TOO_LARGE", [sizeLimit], { ref: state.stored.metadata });
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
