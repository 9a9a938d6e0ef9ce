import type { Clock } from "../core/clock.ts";
import type { Resource } from "../core/resources/resource.ts";
import type { Collection, Selector } from "../stores/store.ts";

export interface FollowOptions<T extends Resource> {
  readonly collection: Collection<T>;
  readonly selector?: Selector | undefined;
  /** What tells the objects apart. @default their name, for cluster-scoped ones and those of one namespace */
  readonly key?: (object: T) => string;
  /** Called when `get(key)` has the new state, also for each object of the list after an interruption. */
  readonly changed: (key: string) => void;
  /** A watch broke off and is taken up again; what is known stands meanwhile. */
  readonly interrupted: (error: unknown) => void;
  readonly clock: Clock;
}

/** Milliseconds until a watch that broke off is begun again; doubled each time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/**
 * All objects of a collection as they are in the store now, kept in memory. A watch that breaks off is begun
 * again with a complete list.
 */
export class FollowedCollection<T extends Resource> implements AsyncDisposable {
  readonly #options: FollowOptions<T>;
  readonly #stopping = new AbortController();
  readonly #known = new Map<string, T>();
  readonly #synced = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;

  constructor(options: FollowOptions<T>) {
    this.#options = options;
    // Whoever does not wait for it is told by `interrupted`.
    this.#synced.promise.catch(() => undefined);
    this.#loop = this.#run();
  }

  /** Resolves with the first complete list; rejects when it cannot be read, or at `close`. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  values(): Iterable<T> {
    return this.#known.values();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        await this.#watch(() => {
          pause = FIRST_PAUSE;
          this.#synced.resolve();
        });
      } catch (error) {
        if (signal.aborted) break;
        // Before the first list there is nothing to fall back on: the caller of `start` decides.
        this.#synced.reject(error);
        this.#options.interrupted(error);
      }
      await this.#wait(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    this.#synced.reject(signal.reason);
  }

  async #watch(synced: () => void): Promise<void> {
    const { collection, selector, changed, key: keyOf = nameOf } = this.#options;
    // What was known before and is not in the new list has been deleted in between.
    const missing = new Set(this.#known.keys());
    for await (const change of collection.watch(selector, { signal: this.#stopping.signal })) {
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

  async #wait(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#stopping;
    signal.addEventListener("abort", () => resolve(), { once: true });
    using _timer = this.#options.clock.after(milliseconds, resolve);
    if (!signal.aborted) await promise;
  }
}

function nameOf({ metadata }: Resource): string {
  return metadata.name;
}
