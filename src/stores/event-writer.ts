import type { Clock } from "../core/clock.ts";
import { Failure, reasonOf } from "../core/failures.ts";
import { eventKind, type Event } from "../core/resources/event.ts";
import type { Kind } from "../core/resources/kind.ts";
import { eventWritten, noticed, type EventWritten, type Notice } from "../telemetry/channels.ts";
import { EventBudget } from "./event-budget.ts";
import { EventGatherer, type GatheredNotice } from "./event-gatherer.ts";
import { eventIdentity, firstEvent, repeatedEvent, type EventIdentity } from "./event-record.ts";
import { removeOldEvents } from "./event-retention.ts";
import { NoticedUids } from "./noticed-uids.ts";
import { isStoreFailure } from "./store-failure.ts";
import type { Collection, Store } from "./store.ts";

/** Milliseconds between two looks at what is to be written. */
const TICK = 500;
/** Milliseconds for which nothing is tried after the store could not write. */
const PAUSE = 30_000;
/** Milliseconds between two looks for what is old. */
const SWEEP = 300_000;
const LIMIT = 5000;
/** Writes: a change of any object stays in the log of changes for at least ten minutes, and Events are many. */
const WRITES = { burst: 100, interval: 200, remembered: 1 };
/** Milliseconds for what is still to be written when the process ends. */
const LAST_WAIT = 1000;

export interface EventWriterOptions {
  readonly store: Pick<Store, "collection">;
  /** The kinds that Events may be about. */
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  /** Which process this is, for `reportingInstance`. */
  readonly instance: string;
  /** Events that are kept. @default 5000 */
  readonly limit?: number | undefined;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Writes down as Events what the parts of the product notice, and removes what is old. Whoever notices something waits
 * for nothing: it is counted, and written a moment later, one after the other and not too many. Where the store takes
 * none, Events are lost and nothing else.
 */
export class EventWriter implements AsyncDisposable {
  readonly #options: EventWriterOptions;
  readonly #collection: Collection<Event>;
  readonly #gatherer: EventGatherer;
  readonly #writes: EventBudget;
  readonly #uids: NoticedUids;
  readonly #ending = new AbortController();
  #tick: Disposable | undefined;
  #sweep: Disposable | undefined;
  #working: Promise<void> = Promise.resolve();
  #sweeping: Promise<void>;
  /** By the monotonic clock. */
  #pausedUntil = 0;
  #count = 0;
  #failed = false;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    const { store, clock } = options;
    this.#collection = store.collection(eventKind, { manager: "appconn-events" });
    this.#gatherer = new EventGatherer(clock);
    this.#writes = new EventBudget(WRITES, clock);
    this.#uids = new NoticedUids(options);
    noticed.subscribe(this.#note);
    this.#sweeping = this.#removeOld();
  }

  /** Writes what waits, for a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    noticed.unsubscribe(this.#note);
    this.#tick?.[Symbol.dispose]();
    this.#sweep?.[Symbol.dispose]();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    using _patience = this.#options.clock.after(LAST_WAIT, resolve);
    await Promise.race([this.#working.then(() => this.#write(Number.POSITIVE_INFINITY)), late]);
    this.#ending.abort();
    await Promise.all([this.#working, this.#sweeping]);
  }

  // Called by who notices: it must not throw, and not take long.
  readonly #note = (notice: Notice): void => {
    if (!this.#gatherer.note(notice)) tell("lost");
    this.#tick ??= this.#nextTick();
  };

  #nextTick(): Disposable {
    return this.#options.clock.after(TICK, () => {
      this.#working = this.#write().then(() => {
        const isOver = this.#ending.signal.aborted || this.#gatherer.isEmpty;
        this.#tick = isOver ? undefined : this.#nextTick();
      });
    });
  }

  async #write(due?: number): Promise<void> {
    if (this.#options.clock.monotonic() < this.#pausedUntil) return;
    for (const gathered of this.#gatherer.due(due)) {
      if (this.#ending.signal.aborted || !this.#writes.take("")) return;
      // oxlint-disable-next-line no-await-in-loop -- one at a time: the store has more important things to do
      if (!(await this.#writeOne(gathered))) return;
    }
  }

  /** Whether the next one may be tried. */
  async #writeOne(gathered: GatheredNotice): Promise<boolean> {
    try {
      const identity = eventIdentity(gathered.notice, await this.#uids.find(gathered.notice.object));
      const result = await this.#put(gathered, identity);
      if (result === "lost") this.#gatherer.forget(gathered);
      else this.#gatherer.written(gathered);
      tell(result);
      this.#failed = false;
      return true;
    } catch (error) {
      return this.#refused(gathered, error);
    }
  }

  async #put(gathered: GatheredNotice, identity: EventIdentity): Promise<EventWritten["result"]> {
    const stored = await this.#collection.get(identity.metadata);
    if (stored) {
      await this.#collection.update({ ...stored, ...repeatedEvent(stored, gathered) });
      return "written";
    }
    if (this.#count >= this.#limit) return "lost";
    await this.#collection.create(firstEvent(gathered, identity, this.#options.instance));
    this.#count++;
    return "written";
  }

  #refused(gathered: GatheredNotice, error: unknown): boolean {
    // Somebody else writes the same one: at the next look it is another.
    if (isStoreFailure(error, "STORE_CONFLICT", "STORE_ALREADY_EXISTS", "STORE_NOT_FOUND")) return true;
    // The fault is in this one, or in where it would lie.
    const isItsOwn = error instanceof Failure && error.status < 500;
    if (isItsOwn) this.#gatherer.forget(gathered);
    else this.#pausedUntil = this.#options.clock.monotonic() + PAUSE;
    tell("failed");
    if (!this.#failed && !this.#ending.signal.aborted) {
      this.#options.warn("an Event cannot be written", { reason: reasonOf(error) });
    }
    this.#failed = true;
    return isItsOwn;
  }

  get #limit(): number {
    return this.#options.limit ?? LIMIT;
  }

  async #removeOld(): Promise<void> {
    const { clock, warn } = this.#options;
    const { signal } = this.#ending;
    const collection = this.#collection;
    try {
      this.#count = await removeOldEvents({ collection, clock, limit: this.#limit }, signal);
    } catch (error) {
      if (!signal.aborted) warn("old Events cannot be removed", { reason: reasonOf(error) });
    }
    if (signal.aborted) return;
    this.#sweep = clock.after(SWEEP, () => {
      this.#sweeping = this.#removeOld();
    });
  }
}

function tell(result: EventWritten["result"]): void {
  if (eventWritten.hasSubscribers) eventWritten.publish({ result });
}
