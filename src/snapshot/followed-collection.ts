import type { Clock } from "../core/clock.ts";
import type { Resource } from "../core/resources/resource.ts";
import type { Collection, Selector } from "../stores/store.ts";
import { KeptWatch } from "./kept-watch.ts";

export interface FollowOptions<T extends Resource> {
  readonly collection: Pick<Collection<T>, "watch">;
  readonly selector?: Selector | undefined;
  /** What tells the objects apart. @default their name, for cluster-scoped ones and those of one namespace */
  readonly key?: (object: T) => string;
  /** Called when `get(key)` has the new state, also for each object of the list after an interruption. */
  readonly changed: (key: string) => void;
  /** A watch broke off and is taken up again; what is known stands meanwhile. */
  readonly interrupted: (error: unknown) => void;
  readonly clock: Clock;
}

/**
 * All objects of a collection as they are in the store now, kept in memory. A watch that breaks off is begun
 * again with a complete list.
 */
export class FollowedCollection<T extends Resource> implements AsyncDisposable {
  readonly #options: FollowOptions<T>;
  readonly #known = new Map<string, T>();
  readonly #kept: KeptWatch;

  constructor(options: FollowOptions<T>) {
    const { interrupted, clock } = options;
    this.#options = options;
    this.#kept = new KeptWatch({
      watch: (synced, signal) => this.#watch(synced, signal),
      interrupted,
      clock,
    });
  }

  /** Resolves with the first complete list; rejects when it cannot be read, or at `close`. */
  get synced(): Promise<void> {
    return this.#kept.synced;
  }

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  values(): Iterable<T> {
    return this.#known.values();
  }

  close(): Promise<void> {
    return this.#kept.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #watch(synced: () => void, signal: AbortSignal): Promise<void> {
    const { collection, selector, changed, key: keyOf = nameOf } = this.#options;
    // What was known before and is not in the new list has been deleted in between.
    const missing = new Set(this.#known.keys());
    for await (const change of collection.watch(selector, { signal })) {
      if (change.type === "bookmark") continue;
      if (change.type === "synced") {
        for (const key of missing) {
          this.#known.delete(key);
          changed(key);
        }
        missing.clear();
        synced();
        continue;
      }
      const key = keyOf(change.object);
      missing.delete(key);
      if (change.type === "deleted") this.#known.delete(key);
      else this.#known.set(key, change.object);
      changed(key);
    }
  }
}

function nameOf({ metadata }: Resource): string {
  return metadata.name;
}
