import type { Kind } from "../../core/resources/kind.ts";
import { largeListOf } from "../../core/resources/large-list.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { ChangeLog, LoggedChange } from "./change-log.ts";
import { labelsOf, type ObjectRow, type ObjectTable, type WrittenBody } from "./object-table.ts";
import type { ListSplice } from "./protocol.ts";
import type { RowCipher } from "./row-cipher.ts";
import type { RowKey } from "./row-key.ts";
import type { RowText } from "./row-text.ts";
import { SealedText } from "./sealed-text.ts";
import { withMetadata } from "./server-fields.ts";
import { splitText } from "./split-text.ts";

/** Bytes of JSON that one object may have where its kind says nothing else. */
const OBJECT_LIMIT = 1_572_864;

interface NextState {
  readonly stored: Resource;
  readonly text: string;
  readonly body: RowText;
}

/** Characters from which on the items of a large list stand apart: smaller ones are read and written faster whole. */
const APART = 4 * 1024;

export interface SplicedObject {
  /** Without the items. */
  readonly value: Resource;
  readonly list: ListSplice;
}

/** Changes the objects and the log together: whatever happens to a row stands in both, under one version. */
export class Ledger {
  readonly objects: ObjectTable;
  readonly log: ChangeLog;
  /** The version that was the last one when the store was opened. */
  readonly openedAt: number;
  readonly #cipher: RowCipher;

  constructor(objects: ObjectTable, log: ChangeLog, cipher: RowCipher) {
    this.objects = objects;
    this.log = log;
    this.openedAt = log.version;
    this.#cipher = cipher;
  }

  /** Gives the JSON text of the object as stored. */
  add(kind: Kind, value: Resource): string {
    const key = rowKey(kind, value.metadata);
    const state = limited(this.#nextState(key, value, kind.secret === true), kind);
    const { stored, text, body } = state;
    this.objects.insert(key, stored, writtenBody(kind, state));
    this.#log(key, { type: "added", labels: labelsOf(stored), body, previous: undefined });
    return text;
  }

  change(kind: Kind, row: ObjectRow, value: Resource): string {
    const state = limited(this.#nextState(row, value, row.body.sealed), kind);
    // Only a selector that the object may cease to match asks for the state before, which doubles what is written.
    const isAsked = kind.selectableFields !== undefined || labelsOf(state.stored) !== row.labels;
    return this.#change(row, state, { body: writtenBody(kind, state), withPrevious: isAsked });
  }

  /**
   * Changes some items of a large list that stand apart. Gives the text without items; undefined where that is not
   * possible, and nothing is changed.
   */
  splice(kind: Kind, row: ObjectRow, { value, list }: SplicedObject): string | undefined {
    const stored = withMetadata(value, { resourceVersion: String(this.log.version + 1) });
    const labels = labelsOf(stored);
    if (labels !== row.labels) return undefined;
    const text = splitText(kind, stored);
    const bytes = this.objects.splice(row, stored, { text, list });
    if (bytes === undefined) return undefined;
    checkSize(Buffer.byteLength(text.head) + bytes, kind, stored);
    this.#log(row, { type: "modified", labels, body: undefined, previous: undefined });
    return text.head;
  }

  /** The server's own change of an object, which may take it over the limit for writers. */
  amend(row: ObjectRow, value: Resource): void {
    const state = this.#nextState(row, value, row.body.sealed);
    this.#change(row, state, { body: { whole: state.body }, withPrevious: true });
  }

  /** Watchers see the stored state go, with the version of the deletion. */
  remove(row: ObjectRow): void {
    const { body } = this.#nextState(row, readObject(row), row.body.sealed);
    this.objects.delete(row);
    this.#log(row, { type: "deleted", labels: row.labels, body, previous: undefined });
  }

  #change(row: ObjectRow, { stored, text, body }: NextState, written: WrittenChange): string {
    const previous = written.withPrevious ? { labels: row.labels, body: textNow(row) } : undefined;
    this.objects.update(row, stored, written.body);
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

interface WrittenChange {
  readonly body: WrittenBody;
  /** Whether the log keeps the state before too. */
  readonly withPrevious: boolean;
}

function limited(state: NextState, kind: Kind): NextState {
  checkSize(Buffer.byteLength(state.text), kind, state.stored);
  return state;
}

function checkSize(bytes: number, { sizeLimit = OBJECT_LIMIT }: Kind, { metadata }: Resource): void {
  if (bytes > sizeLimit) throw new StoreFailure("STORE_TOO_LARGE", [sizeLimit], { ref: metadata });
}

function writtenBody(kind: Kind, { stored, text, body }: NextState): WrittenBody {
  const items = text.length < APART ? undefined : largeListOf(kind, stored);
  if (!items) return { whole: body };
  return {
    whole: body,
    split: { text: splitText(kind, stored), items: items.map((item) => JSON.stringify(item)) },
  };
}

/** The text of a row that is about to change or to go, with items that are read now. */
export function textNow({ body, split }: ObjectRow): RowText {
  const text = split && body.read();
  return text === undefined ? body : { sealed: false, stored: text, read: () => text };
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
