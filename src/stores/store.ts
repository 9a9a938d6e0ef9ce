import type { Kind } from "../core/resources/kind.ts";
import type { New, Ref, Resource } from "../core/resources/resource.ts";
import type { StoreFigures } from "../telemetry/store-metrics.ts";
import type { AccessRecords } from "./access-records.ts";
import type { PairingRecords } from "./pairing-records.ts";

export interface Abortable {
  readonly signal?: AbortSignal;
}

export interface Writing extends Abortable {
  /**
   * Check everything and answer as if done, but keep nothing. The answer has the version that the object still
   * has; that of a creation has no `resourceVersion` at all.
   */
  readonly dryRun?: boolean;
  /** Whose the fields are that this write adds or changes; otherwise the manager of the collection. */
  readonly manager?: string;
}

export interface Creating extends Writing {
  /**
   * Take the status along, which is otherwise ignored for kinds that have it as a subresource: a second write
   * would cost as much as the first. For parts of the product; the API never sets it.
   */
  readonly withStatus?: boolean;
}

/** One requirement of a label selector, already parsed. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "=" | "!=" | "in" | "notin" | "exists" | "!exists" | ">" | "<";
  readonly values: readonly string[];
}

export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

export interface Selector {
  readonly namespace?: string;
  readonly labels?: readonly LabelRequirement[];
  readonly fields?: readonly FieldRequirement[];
}

export interface Paging {
  /** At most this many items; absent or 0 means all. */
  readonly limit?: number;
  /** What the page before returned; unreadable → STORE_BAD_CONTINUE, too old → STORE_EXPIRED. */
  readonly continue?: string;
  /**
   * The objects as they were at this version, decimal digits. STORE_EXPIRED where the log does not tell them any more,
   * or not soon. One that is still to come, and one that the home cannot go back to, is answered with the present, under its own version.
   */
  readonly exactly?: string;
}

/** Where a list stands in time and among the pages before and after it. */
export interface ListPlace {
  /** The counter at the moment of reading; on later pages that of the first. */
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface Listed<T extends Resource> extends ListPlace {
  /** Sorted by namespace, then name. */
  readonly items: readonly T[];
}

/** A list that nobody has parsed. */
export interface ListedText extends ListPlace {
  /**
   * The items as JSON in UTF-8, with a comma between two: together what stands between the brackets of the
   * list. Each piece ends behind an item.
   */
  readonly pieces: readonly Uint8Array[];
}

export type Patch =
  | { readonly type: "merge"; readonly value: unknown }
  | { readonly type: "strategic"; readonly value: unknown }
  | { readonly type: "json"; readonly value: unknown };

export interface Precondition {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface Patching extends Writing {
  /** The patch is made to the whole object, but nothing outside `status` changes; only for kinds with the subresource. */
  readonly subresource?: "status";
  /** STORE_CONFLICT where the stored object is another; whatever the patch itself says of it holds as well. */
  readonly precondition?: Precondition;
}

export interface Applying extends Patching {
  /** Whose apply it is: the fields that it named before and names no more are taken away. */
  readonly manager: string;
  /** Takes what other managers hold, instead of STORE_APPLY_CONFLICT. */
  readonly force?: boolean;
  /** Makes the object or changes nothing: STORE_ALREADY_EXISTS where there is one. */
  readonly onlyNew?: boolean;
}

export interface Applied<T extends Resource> {
  readonly value: T;
  /** There was no such object before. */
  readonly created: boolean;
}

export interface Removing extends Writing {
  readonly precondition?: Precondition;
  readonly propagation?: "Background" | "Foreground" | "Orphan";
}

/** What a removal left: the object itself while finalizers hold it, otherwise nothing. */
export interface Removed<T extends Resource> {
  readonly last: T;
  readonly gone: boolean;
}

export type Change<T extends Resource> =
  | { readonly type: "added" | "modified"; readonly object: T }
  /** `object` is the last matching state, with the resourceVersion of the deletion. */
  | { readonly type: "deleted"; readonly object: T }
  /** All objects that there were have been sent as `added`; once per watch that began with a list. */
  | { readonly type: "synced"; readonly resourceVersion: string }
  /** Nothing changed for this watch up to here; sent about once a minute. */
  | { readonly type: "bookmark"; readonly resourceVersion: string };

/** A change that nobody has parsed. */
export type ChangeText =
  /** `text` is the object as JSON; the version that of the change, or of the object where it was there before. */
  | {
      readonly type: "added" | "modified" | "deleted";
      readonly text: string;
      readonly resourceVersion: string;
    }
  | Extract<Change<Resource>, { readonly resourceVersion: string }>;

export interface Watching extends Abortable {
  /** Start after this version. Absent: a complete list first. Before the log's start → STORE_EXPIRED. */
  readonly resourceVersion?: string;
}

/**
 * One kind of resource in one home. Every method rejects with a Failure of `stores/failures.ts` for what a
 * caller can act on. Writes admit the object first: prune, defaults, schema, rules of the kind.
 */
export interface Collection<T extends Resource> {
  readonly kind: Kind<T>;
  get(ref: Ref, options?: Abortable): Promise<T | undefined>;
  list(selector?: Selector, options?: Paging & Abortable): Promise<Listed<T>>;
  /** The same list as text, for those who pass it on: to parse ten thousand objects takes a while. */
  listText(selector?: Selector, options?: Paging & Abortable): Promise<ListedText>;
  /** STORE_ALREADY_EXISTS, STORE_NAMESPACE_MISSING, STORE_NAMESPACE_TERMINATING, STORE_INVALID. */
  create(value: New<T>, options?: Creating): Promise<T>;
  /** STORE_CONFLICT on a stale resourceVersion, STORE_NOT_FOUND. A write that changes nothing keeps the version. */
  update(value: T, options?: Writing): Promise<T>;
  /** Changes `status` alone; only for kinds with the subresource. */
  updateStatus(value: T, options?: Writing): Promise<T>;
  /** STORE_NOT_FOUND, STORE_BAD_PATCH, STORE_PATCH_FAILED, STORE_PATCH_TOO_LARGE, then as `update`. */
  patch(ref: Ref, patch: Patch, options?: Patching): Promise<T>;
  /**
   * Server-side apply (admin-api spec §9): the fields that `body` names get its values and are the manager's; makes
   * the object where there is none. STORE_BAD_APPLY, STORE_APPLY_CONFLICT with a cause for each field, then as
   * `create` or `update`.
   */
  apply(ref: Ref, body: unknown, options: Applying): Promise<Applied<T>>;
  /** Honours finalizers: sets deletionTimestamp, and the object goes when the last finalizer does. */
  remove(ref: Ref, options?: Removing): Promise<Removed<T>>;
  /**
   * A complete list first (unless a version is given), then every change: never a gap, never twice. Of changes of an
   * object with a large list that follow one another, a home may tell the last alone. Nothing is
   * sent ahead of a reader by more than a few hundred changes: a slow one costs no memory, and one that falls
   * behind the log is ended with STORE_EXPIRED. Aborting the signal ends it quietly, also while it waits;
   * closing the store ends it with STORE_CLOSED.
   */
  watch(selector: Selector | undefined, options: Watching): AsyncIterable<Change<T>>;
  /**
   * The same changes as text, for those who pass them on, with `metadata.managedFields` always: as many at a time as there are, what is no object last.
   * Watches that ask the same and are up to date may be given the very same list, which is theirs to read only.
   */
  watchText(selector: Selector | undefined, options: Watching): AsyncIterable<readonly ChangeText[]>;
}

/** Held until released or until the process ends. */
export interface Lease extends AsyncDisposable {
  readonly holder: string;
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal;
}

export interface CollectionOptions {
  /**
   * Whether objects have `metadata.managedFields`. The parts of the product have no use for them, and would hold
   * many; `listText` gives them always. An update without them keeps them.
   * @default false
   */
  readonly managedFields?: boolean;
  /**
   * Whose the fields are that are written without saying whose.
   * @default "appconn-server"
   */
  readonly manager?: string;
}

export interface Store extends AsyncDisposable {
  collection<T extends Resource>(kind: Kind<T>, options?: CollectionOptions): Collection<T>;
  lease(name: string, options?: Abortable): Promise<Lease>;
  /** Tokens, certificates and revocations: records that are no objects, and must be atomic and quick. */
  readonly pairing: PairingRecords;
  /** Who may use the admin API: no objects, lest whoever writes objects writes himself one. */
  readonly access: AccessRecords;
  /** Rejects when a read is not possible now; for readiness. */
  check(options?: Abortable): Promise<void>;
  /** How it is doing; whether it is up or not, it resolves within a second or so. */
  figures(): Promise<StoreFigures>;
  /** Aborted, with why, when the store cannot go on; after `close` too. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}
