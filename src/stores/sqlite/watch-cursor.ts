import type { Kind } from "../../core/resources/kind.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { ChangeLog, LoggedChange } from "./change-log.ts";
import { compileSelector, type CompiledSelector } from "./compiled-selector.ts";
import type { ObjectTable } from "./object-table.ts";
import type { Ledger } from "./ledger.ts";
import type { FeedEvent } from "./protocol.ts";
import { isAfter, refOfRow } from "./refs.ts";
import type { RowKey } from "./row-key.ts";
import { withMetadata } from "./server-fields.ts";
import type { LogRead, SharedReads } from "./shared-reads.ts";
import type { Selector } from "../store.ts";

/** What one answer to a watcher may hold, so that neither thread is blocked for long, nor much waits for a slow one. */
const CHUNK_EVENTS = 256;
const CHUNK_CHARACTERS = 128 * 1024;

type TextEvent = Extract<FeedEvent, { readonly text: string }>;
type StateEvent = TextEvent | Extract<FeedEvent, { readonly ref: Ref }>;

/** A part of the initial list: every key up to `last` was read when the counter stood at `version`. */
interface ListedPart {
  readonly last: RowKey | undefined;
  readonly version: number;
}

/**
 * One watcher's place: first in the list of objects, then in the change log. Nothing is queued for it: what
 * it has not read yet is in the tables, so a slow watcher costs no memory, and one that falls behind the
 * trimmed log is told so (STORE_EXPIRED).
 *
 * The list is read in parts between which writes go on. Each part remembers the version at which it was
 * read; the changes since the first part are then replayed, except those that a part already showed.
 */
export class WatchCursor {
  readonly #objects: ObjectTable;
  readonly #log: ChangeLog;
  /** What is written after this version is written by the process that watches. */
  readonly #ownFrom: number;
  readonly #kind: Kind;
  readonly #selector: CompiledSelector;
  readonly #shared: SharedReads;
  /** Kind and selector, for what is shared with others who ask the same. */
  readonly #question: string;
  #parts: ListedPart[] = [];
  #phase: "listing" | "replaying" | "following";
  #version: number;

  constructor(
    tables: Pick<Ledger, "objects" | "log" | "openedAt"> & { readonly shared: SharedReads },
    kind: Kind,
    from: { readonly selector: Selector; readonly version: number | undefined },
  ) {
    this.#shared = tables.shared;
    this.#question = JSON.stringify([kind.group, kind.kind, from.selector]);
    this.#objects = tables.objects;
    this.#log = tables.log;
    this.#ownFrom = tables.openedAt;
    this.#kind = kind;
    this.#selector = compileSelector(kind, from.selector);
    this.#phase = from.version === undefined ? "listing" : "following";
    this.#version = from.version ?? tables.log.version;
    this.#checkReach();
  }

  /** The next events, or none when the watcher is up to date. */
  next(): readonly FeedEvent[] {
    if (this.#phase === "listing") {
      const listed = this.#listPart();
      if (listed.length > 0) return listed;
    }
    return this.#phase === "following" ? this.#follow() : this.#replay();
  }

  /** For a watcher that is up to date: what comes next begins after the counter. */
  skipToEnd(): void {
    this.#version = this.#log.version;
  }

  #listPart(): FeedEvent[] {
    const { group, kind } = this.#kind;
    const { namespace, name } = this.#selector;
    const after = this.#parts.at(-1)?.last;
    const chunk = new Chunk();
    let last: RowKey | undefined;
    for (const row of this.#objects.page({ group, kind, namespace, name, after })) {
      last = row;
      if (this.#selector.matches(row, row)) {
        const listed = { ref: refOfRow(row), version: String(row.version) };
        chunk.add({ type: "added", text: row.body.read(), resourceVersion: listed.version, listed });
      }
      if (chunk.full) {
        this.#parts.push({ last, version: this.#log.version });
        return chunk.events;
      }
    }
    this.#parts.push({ last: undefined, version: this.#log.version });
    this.#phase = "replaying";
    return chunk.events;
  }

  /** What happened during the list; the last of it ends the list. */
  #replay(): readonly FeedEvent[] {
    this.#checkReach();
    const { events, version } = this.#read((change) => !this.#wasListed(change));
    this.#version = version;
    if (version !== this.#log.version) return events;
    this.#phase = "following";
    this.#parts = [];
    return [...events, { type: "synced", resourceVersion: String(version) }];
  }

  #follow(): readonly FeedEvent[] {
    if (this.#log.isQuiet(this.#version, this.#kind)) {
      this.skipToEnd();
      return [];
    }
    this.#checkReach();
    const place = `${this.#version} ${this.#question}`;
    const { events, version } = this.#shared.read(place, () => this.#read(() => true));
    this.#version = version;
    return events;
  }

  #read(concerns: (change: LoggedChange) => boolean): LogRead {
    const chunk = new Chunk();
    for (const change of this.#log.after(this.#version, this.#kind)) {
      const event = concerns(change) ? this.#eventOf(change) : undefined;
      if (event) chunk.add(event);
      if (chunk.full) return { events: chunk.events, version: change.version };
    }
    return { events: chunk.events, version: this.#log.version };
  }

  #wasListed(change: LoggedChange): boolean {
    const part = this.#parts.find(({ last }) => last === undefined || !isAfter(change, last));
    return part !== undefined && change.version <= part.version;
  }

  #eventOf(change: LoggedChange): StateEvent | undefined {
    const { type, previous, body, version } = change;
    if (!body) return this.#eventOfNow(change);
    const resourceVersion = String(version);
    const matches = this.#selector.matches(change, { ...change, body });
    if (type !== "modified" || !previous) {
      return matches ? { type, text: body.read(), resourceVersion } : undefined;
    }
    const matched = this.#selector.matches(change, previous);
    if (matches) return { type: matched ? "modified" : "added", text: body.read(), resourceVersion };
    // It ceased to match: gone for this watcher, as it last was, with the version of the change.
    if (!matched) return undefined;
    return { type: "deleted", text: atVersion(previous.body.read(), version), resourceVersion };
  }

  /** Labels are as before: such a change of them is logged with its states. */
  #eventOfNow({ version, ...change }: LoggedChange): StateEvent | undefined {
    const row = this.#objects.get(change);
    if (row?.version !== version || !this.#selector.matches(row, row)) return undefined;
    const resourceVersion = String(version);
    if (version > this.#ownFrom) return { type: "modified", ref: refOfRow(row), version: resourceVersion };
    return { type: "modified", text: row.body.read(), resourceVersion };
  }

  #checkReach(): void {
    if (this.#log.reaches(this.#version)) return;
    const values = [String(this.#version), String(this.#log.version)];
    throw new StoreFailure("STORE_EXPIRED", values, { resource: this.#kind });
  }
}

class Chunk {
  readonly events: FeedEvent[] = [];
  #characters = 0;

  add(event: StateEvent): void {
    this.events.push(event);
    this.#characters += "text" in event ? event.text.length : 0;
  }

  get full(): boolean {
    return this.events.length >= CHUNK_EVENTS || this.#characters >= CHUNK_CHARACTERS;
  }
}

function atVersion(text: string, version: number): string {
  return JSON.stringify(withMetadata(JSON.parse(text) as Resource, { resourceVersion: String(version) }));
}
