import type { Clock } from "../core/clock.ts";
import type { Notice } from "../telemetry/channels.ts";
import { EventBudget } from "./event-budget.ts";

/** One matter, and how often it was seen since it was written last. */
export interface GatheredNotice {
  readonly notice: Notice;
  /** 0: not again so far. */
  readonly count: number;
  /** Milliseconds since the epoch, of those that are counted. */
  readonly first: number;
  readonly last: number;
}

interface Gathered {
  readonly notice: Notice;
  count: number;
  first: number;
  last: number;
  /** By the monotonic clock: when it may be written, or be forgotten. */
  due: number;
}

/** Milliseconds in which what is seen at once comes together. */
const FIRST_WAIT = 500;
/** Milliseconds between two writes of one Event, however often it is seen. */
const REPEAT_WAIT = 60_000;
/** Matters that are held in memory. */
const HELD = 2000;
/** Of one object, as in a cluster: 25 at first, then one in five minutes. */
const PER_OBJECT = { burst: 25, interval: 300_000, remembered: HELD };

/**
 * Counts what is noticed, each matter once however often it is seen. It is asked on the way of calls: so it looks up
 * and counts, and holds so much and no more.
 */
export class EventGatherer {
  readonly #clock: Clock;
  readonly #gathered = new Map<string, Gathered>();
  readonly #perObject: EventBudget;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#perObject = new EventBudget(PER_OBJECT, clock);
  }

  /** Whether there is anything to wait for. */
  get isEmpty(): boolean {
    return this.#gathered.size === 0;
  }

  /** false where there are too many, so that this one is not told. */
  note(notice: Notice): boolean {
    const key = keyOf(notice);
    const now = this.#clock.now();
    const known = this.#gathered.get(key);
    if (known) {
      if (known.count === 0) known.first = now;
      known.count++;
      known.last = now;
      return true;
    }
    if (this.#gathered.size >= HELD || !this.#perObject.take(objectKeyOf(notice))) return false;
    const due = this.#clock.monotonic() + FIRST_WAIT;
    this.#gathered.set(key, { notice, count: 1, first: now, last: now, due });
    return true;
  }

  /** What is to be written now, the longest due first. `written` or `forget` must follow for each that was dealt with. */
  due(now = this.#clock.monotonic()): readonly GatheredNotice[] {
    const due: Gathered[] = [];
    for (const [key, gathered] of this.#gathered) {
      if (gathered.due > now) continue;
      if (gathered.count === 0) this.#gathered.delete(key);
      else due.push(gathered);
    }
    return due.toSorted((a, b) => a.due - b.due).map((gathered) => ({ ...gathered }));
  }

  /** So many of it are on record: what came meanwhile is for the next time. */
  written({ notice, count }: GatheredNotice): void {
    const known = this.#gathered.get(keyOf(notice));
    if (!known) return;
    known.count -= count;
    known.first = known.last;
    known.due = this.#clock.monotonic() + REPEAT_WAIT;
  }

  /** It is not for writing. */
  forget({ notice }: GatheredNotice): void {
    this.#gathered.delete(keyOf(notice));
  }
}

function keyOf({ object, type, reason, message, component }: Notice): string {
  return JSON.stringify([...partsOf(object), object.uid, type, reason, message, component]);
}

function objectKeyOf({ object, component }: Notice): string {
  return JSON.stringify([...partsOf(object), component]);
}

function partsOf({ apiVersion, kind, namespace, name }: Notice["object"]): readonly unknown[] {
  return [apiVersion, kind, namespace, name];
}
