import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { RowCipher } from "./row-cipher.ts";
import { keyOf, type RowKey } from "./row-key.ts";
import { RecentChanges } from "./recent-changes.ts";
import type { RowText } from "./row-text.ts";
import { SealedText } from "./sealed-text.ts";

/** What an object looked like at one moment, as far as selectors and watchers ask. */
export interface LoggedState {
  /** JSON of metadata.labels. */
  readonly labels: string;
  readonly body: RowText;
}

/** One committed change. The body of a deletion is the last state with the version of the deletion. */
export interface LoggedChange extends RowKey, Omit<LoggedState, "body"> {
  readonly version: number;
  readonly type: "added" | "modified" | "deleted";
  /**
   * undefined for a modification of some items of a large list: the object itself is the state, and where it has
   * changed again since, a later change of the log tells of that.
   */
  readonly body: RowText | undefined;
  /** Of a modification: the state before, for selectors that the object ceases to match. */
  readonly previous: LoggedState | undefined;
}

/** A change without its states. */
export type LoggedPlace = RowKey & Pick<LoggedChange, "version" | "type">;

/**
 * Bytes of states that the log keeps at most. Each write of an Application with thousands of services is one of
 * megabytes, and ten minutes of them would fill a disk; who falls behind by that much lists anew.
 */
const MOST_BYTES = 128 * 1024 * 1024;
/** What is left of them after too many were met. */
const KEPT_BYTES = 96 * 1024 * 1024;

/** Stands for a body that is not kept. */
const NOT_KEPT = "";

const BYTES = "octet_length(body) + coalesce(octet_length(previous), 0)";

/** Every change in the order of its version, as far back as it was not trimmed; the counter of all versions. */
export class ChangeLog {
  readonly #append: StatementSync;
  readonly #read: StatementSync;
  readonly #one: StatementSync;
  readonly #placesAfter: StatementSync;
  readonly #placesBefore: StatementSync;
  readonly #oldest: StatementSync;
  readonly #trim: StatementSync;
  readonly #total: StatementSync;
  readonly #sizes: StatementSync;
  readonly #cipher: RowCipher;
  #version: number;
  /** Of the states in it; what was rolled back may still be in it. */
  #bytes: number;
  readonly #recent: RecentChanges;
  /** The version of the first change; undefined where it is not known at the moment. */
  #first: number | undefined;
  /** Of each kind the version of the last change since the store was opened; what was rolled back may still be in it. */
  readonly #last = new Map<string, number>();
  readonly #openedAt: number;

  constructor(database: DatabaseSync, cipher: RowCipher) {
    this.#cipher = cipher;
    this.#append = database.prepare(
      `INSERT INTO changes (version, api_group, kind, namespace, name, type, labels, body, previous_labels, previous)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#read = database.prepare(
      "SELECT * FROM changes WHERE api_group = ? AND kind = ? AND version > ? ORDER BY version",
    );
    this.#one = database.prepare("SELECT * FROM changes WHERE version = ?");
    const places = "SELECT version, api_group, kind, namespace, name, type FROM changes";
    this.#placesAfter = database.prepare(
      `${places} WHERE api_group = ? AND kind = ? AND version > ? ORDER BY version`,
    );
    this.#placesBefore = database.prepare(
      `${places} WHERE api_group = ? AND kind = ? AND version <= ? ORDER BY version DESC`,
    );
    this.#oldest = database.prepare("SELECT min(version) AS version FROM changes");
    this.#trim = database.prepare(
      "DELETE FROM changes WHERE version IN (SELECT version FROM changes WHERE version <= ? ORDER BY version LIMIT ?)",
    );
    this.#total = database.prepare(`SELECT coalesce(sum(${BYTES}), 0) AS bytes FROM changes`);
    this.#sizes = database.prepare(`SELECT version, ${BYTES} AS bytes FROM changes ORDER BY version DESC`);
    this.#bytes = this.#countBytes();
    const counter = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").get();
    this.#version = Number(counter?.["seq"] ?? 0);
    this.#openedAt = this.#version;
    this.#recent = new RecentChanges(this.#version);
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  /** After a rollback: the counter goes back with what was rolled back, so that versions have no holes. */
  rewind(version: number): void {
    this.#version = version;
    this.#recent.rewind(version);
    // What was removed may have come back.
    this.#first = undefined;
  }

  /** `change.version` must be `version + 1`. */
  append(change: LoggedChange): void {
    this.#append.run(
      change.version,
      change.group,
      change.kind,
      change.namespace,
      change.name,
      change.type,
      change.labels,
      change.body?.stored ?? NOT_KEPT,
      change.previous?.labels ?? null,
      change.previous?.body.stored ?? null,
    );
    this.#version = change.version;
    this.#last.set(kindPlace(change), change.version);
    this.#recent.add(change);
    this.#bytes += change.body ? Buffer.byteLength(change.body.stored) : 0;
    this.#bytes += change.previous ? Buffer.byteLength(change.previous.body.stored) : 0;
  }

  /** Removes the oldest changes where all together are too large; the last one stays. In the caller's transaction. */
  shrink(): void {
    if (this.#bytes <= MOST_BYTES) return;
    let kept = 0;
    let first = this.#version;
    for (const { version, bytes } of this.#sizes.iterate()) {
      kept += Number(bytes);
      if (kept > KEPT_BYTES) break;
      first = Number(version);
    }
    this.#trim.run(first - 1, -1);
    this.#first = undefined;
    this.#bytes = this.#countBytes();
  }

  /** Whether every change after `version` is still there. */
  reaches(version: number): boolean {
    if (version === this.#version) return true;
    this.#first ??= Number(this.#oldest.get()?.["version"] ?? this.#version + 1);
    return version >= this.#first - 1 && version <= this.#version;
  }

  /** Whether it is known without a look that no object of the kind has changed after `version`. */
  isQuiet(version: number, kind: Pick<RowKey, "group" | "kind">): boolean {
    return (this.#last.get(kindPlace(kind)) ?? this.#openedAt) <= version;
  }

  /** Changes of one kind after `version`, read while the caller iterates. */
  *after(version: number, { group, kind }: Pick<RowKey, "group" | "kind">): Generator<LoggedChange> {
    const recent = this.#recent.after(version);
    if (recent) {
      for (const change of recent) if (change.kind === kind && change.group === group) yield change;
      return;
    }
    for (const row of this.#read.iterate(group, kind, version)) yield this.#toChange(row);
  }

  /** The change of that version; undefined where it is not there. */
  at(version: number): LoggedChange | undefined {
    const row = this.#one.get(version);
    return row && this.#toChange(row);
  }

  /** Where changes of one kind after `version` were, the oldest first. */
  *placesAfter(version: number, { group, kind }: Pick<RowKey, "group" | "kind">): Generator<LoggedPlace> {
    for (const row of this.#placesAfter.iterate(group, kind, version)) yield toPlace(row);
  }

  /** The same up to and with `version`, the newest first. */
  *placesBefore(version: number, { group, kind }: Pick<RowKey, "group" | "kind">): Generator<LoggedPlace> {
    for (const row of this.#placesBefore.iterate(group, kind, version)) yield toPlace(row);
  }

  /** Removes up to `most` of the oldest changes up to and including `version`; gives how many. */
  trim(version: number, most: number): number {
    this.#first = undefined;
    return Number(this.#trim.run(version, most).changes);
  }

  /** Reads no state: SQLite knows the sizes from the heads of rows. */
  #countBytes(): number {
    return Number(this.#total.get()?.["bytes"]);
  }

  #toChange(row: Record<string, SQLOutputValue>): LoggedChange {
    const key = keyOf(row);
    const state = (labels: SQLOutputValue | undefined, body: SQLOutputValue | undefined): LoggedState => ({
      labels: String(labels),
      body: new SealedText(this.#cipher, key, body as string | Uint8Array),
    });
    return {
      ...key,
      version: Number(row["version"]),
      type: row["type"] as LoggedChange["type"],
      labels: String(row["labels"]),
      body: row["body"] === NOT_KEPT ? undefined : state(row["labels"], row["body"]).body,
      previous: row["previous"] === null ? undefined : state(row["previous_labels"], row["previous"]),
    };
  }
}

function toPlace(row: Record<string, SQLOutputValue>): LoggedPlace {
  return { ...keyOf(row), version: Number(row["version"]), type: row["type"] as LoggedChange["type"] };
}

/** No group has a space. */
function kindPlace({ group, kind }: Pick<RowKey, "group" | "kind">): string {
  return `${group} ${kind}`;
}
