import type { Kind } from "../../core/resources/kind.ts";
import { largeListOf, withLargeList } from "../../core/resources/large-list.ts";
import type { ManagedFields } from "../../core/resources/managed-fields/entry.ts";
import { withoutManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { shareStructure } from "../../core/share-structure.ts";
import type { KindKey, ListedState, ListSplice, SpliceResult } from "./protocol.ts";

/** Texts whose objects are remembered: those of one change reach its writer and all watchers at about one time. */
const RECENT = 8;

/** Items from which on it is worth while to send those alone that change. */
const LARGE = 4;

type ListKind = Pick<Kind, "group" | "kind" | "largeList">;

/** A change of some items of a large list, and what the list is with it. */
export interface PlannedSplice {
  readonly list: ListSplice;
  readonly items: readonly unknown[];
}

/** An object without its managed fields, which few ask for, and they. */
export interface StoredObject {
  readonly object: Resource;
  readonly managedFields: ManagedFields | undefined;
}

/**
 * The objects that watchers and writers of one store are given, parsed once for all of them. Versions of an
 * object share what did not change between them: an Application may have thousands of services, and each
 * change of one of them is an event with all of them.
 */
export class ParsedObjects {
  readonly #recent = new Map<string, StoredObject>();
  /** What watchers were given last; it is theirs to keep. */
  readonly #watched = new Map<string, WeakRef<Resource>>();
  /** What was written by splices, as long as it is the newest: its text is nowhere. */
  readonly #spliced = new Map<string, StoredObject>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.#watched.get(key)?.deref() === undefined) this.#watched.delete(key);
  });

  /** An object that a writer is answered. */
  written(text: string): StoredObject {
    return this.#recent.get(text) ?? this.#parse(text);
  }

  /** An object as it is now, for a watcher. */
  watched(text: string): StoredObject {
    const stored = this.#recent.get(text) ?? this.#parse(text);
    const { object } = stored;
    const key = keyOfObject(object);
    const known = this.#newest(key);
    // A watcher that is behind brings older versions.
    if (known && versionOf(known) >= versionOf(object)) return stored;
    this.#spliced.delete(key);
    this.#watched.set(key, new WeakRef(object));
    this.#gone.register(object, key);
    return stored;
  }

  /** A state that other watchers have been given already: thousands of texts need not be parsed for each of them. */
  known(kind: KindKey, { ref, version }: ListedState): Resource | undefined {
    const newest = this.#newest(keyOf(kind, ref));
    return newest?.metadata.resourceVersion === version ? newest : undefined;
  }

  /** What a splice came to, for a watcher; undefined where the object has changed again, or is gone. */
  watchedSplice(kind: KindKey, ref: Ref, version: string): StoredObject | undefined {
    const stored = this.#spliced.get(keyOf(kind, ref));
    return stored?.object.metadata.resourceVersion === version ? stored : undefined;
  }

  /** A watcher is told that it is gone. */
  removed(text: string): StoredObject {
    const stored = storedObject(text);
    const key = keyOfObject(stored.object);
    const spliced = this.#spliced.get(key);
    if (spliced && versionOf(spliced.object) < versionOf(stored.object)) this.#spliced.delete(key);
    // The last state of what is gone is nobody's to share.
    return stored;
  }

  /** What is to be sent of an object that rests on the newest that is known; undefined where that is all of it. */
  planSplice(kind: ListKind, value: Resource): PlannedSplice | undefined {
    const known = kind.largeList && this.#newest(keyOf(kind, value.metadata));
    if (!known || known.metadata.resourceVersion !== value.metadata.resourceVersion) return undefined;
    const [before, after] = [largeListOf(kind, known), largeListOf(kind, value)];
    return before && after && before.length >= LARGE ? spliceBetween(before, after) : undefined;
  }

  /** An object that a writer is answered as `planSplice` had it written. */
  spliced(kind: ListKind, { text, whole }: SpliceResult, { items }: PlannedSplice): StoredObject {
    if (whole) return this.written(text);
    const { object: head, managedFields } = storedObject(text);
    const stored = { object: withLargeList(kind, head, items), managedFields };
    this.#spliced.set(keyOfObject(stored.object), stored);
    return stored;
  }

  #newest(key: string): Resource | undefined {
    return this.#spliced.get(key)?.object ?? this.#watched.get(key)?.deref();
  }

  #parse(text: string): StoredObject {
    const { object: alone, managedFields } = storedObject(text);
    const stored = { object: shareStructure(this.#newest(keyOfObject(alone)), alone), managedFields };
    this.#recent.set(text, stored);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= RECENT) break;
      this.#recent.delete(oldest);
    }
    return stored;
  }
}

function storedObject(text: string): StoredObject {
  const object = JSON.parse(text) as Resource;
  return { object: withoutManagedFields(object), managedFields: object.metadata.managedFields };
}

/** By identity: what was not changed is the same. */
function spliceBetween(before: readonly unknown[], after: readonly unknown[]): PlannedSplice {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  const items = after.slice(start, after.length - same).map((item) => JSON.stringify(item));
  const parsed = items.map((item): unknown => JSON.parse(item));
  return {
    list: { start, removed: before.length - same - start, items, length: before.length },
    items: before.toSpliced(start, before.length - same - start, ...parsed),
  };
}

/** No name has a space. */
function keyOf({ group, kind }: KindKey, { namespace = "", name }: Ref): string {
  return `${group} ${kind} ${namespace} ${name}`;
}

function keyOfObject({ apiVersion, kind, metadata }: Resource): string {
  const slash = apiVersion.indexOf("/");
  return keyOf({ group: slash < 0 ? "" : apiVersion.slice(0, slash), kind }, metadata);
}

/** One counter for all objects, which in this store may be compared. */
function versionOf({ metadata }: Resource): number {
  return Number(metadata.resourceVersion);
}
