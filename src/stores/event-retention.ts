import type { Clock } from "../core/clock.ts";
import type { Event } from "../core/resources/event.ts";
import type { Ref } from "../core/resources/resource.ts";
import { isStoreFailure } from "./store-failure.ts";
import type { Collection, Precondition } from "./store.ts";

const HOUR = 3_600_000;
/** Objects read at once. */
const PAGE = 200;

export interface RetentionOptions {
  readonly collection: Collection<Event>;
  readonly clock: Clock;
  /** How many may stay. */
  readonly limit: number;
}

interface Kept {
  readonly ref: Ref;
  readonly precondition: Precondition;
  /** Milliseconds since the epoch: when it was seen, or written, last. */
  readonly at: number;
}

/**
 * Removes all Events that were not seen for an hour, whoever wrote them, as a cluster does; and the oldest of too many,
 * a tenth more than it must. Resolves with how many are left.
 */
export async function removeOldEvents(options: RetentionOptions, signal: AbortSignal): Promise<number> {
  const { collection, clock, limit } = options;
  const now = clock.now();
  const kept: Kept[] = [];
  const old: Kept[] = [];
  for await (const event of pages(collection, signal)) {
    const { name, namespace = "", uid, resourceVersion } = event.metadata;
    const at = lastSeen(event, now);
    const one = { ref: { name, namespace }, precondition: { uid, resourceVersion }, at };
    (now - at < HOUR ? kept : old).push(one);
  }
  if (kept.length > limit) {
    kept.sort((a, b) => a.at - b.at);
    old.push(...kept.splice(0, kept.length - Math.floor(limit * 0.9)));
  }
  for (const one of old) {
    signal.throwIfAborted();
    // oxlint-disable-next-line no-await-in-loop -- others come in between
    await remove(collection, one);
  }
  return kept.length;
}

async function* pages(collection: Collection<Event>, signal: AbortSignal): AsyncGenerator<Event> {
  let next: string | undefined;
  do {
    const page = { limit: PAGE, signal, ...(next === undefined ? {} : { continue: next }) };
    // oxlint-disable-next-line no-await-in-loop -- a page says where the next one begins
    const listed = await collection.list(undefined, page);
    yield* listed.items;
    next = listed.continue;
  } while (next !== undefined);
}

/** What says that it was seen in the future is taken at its making: it would stay for ever. */
function lastSeen(
  { metadata, firstTimestamp, lastTimestamp, eventTime, series }: Event,
  now: number,
): number {
  const seen = [firstTimestamp, lastTimestamp, eventTime, series?.lastObservedTime]
    .map((time) => (time ? Date.parse(time) : 0))
    .filter((time) => time <= now);
  return Math.max(Math.min(Date.parse(metadata.creationTimestamp), now), ...seen);
}

async function remove(collection: Collection<Event>, { ref, precondition }: Kept): Promise<void> {
  try {
    await collection.remove(ref, { precondition });
  } catch (error) {
    // Seen again meanwhile, or gone.
    if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND")) throw error;
  }
}
