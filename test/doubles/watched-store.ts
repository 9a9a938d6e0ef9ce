import type { Kind } from "../../src/core/resources/kind.ts";
import type { Resource } from "../../src/core/resources/resource.ts";
import type { Change, Collection, Store, Watching } from "../../src/stores/store.ts";

/** A store of which only `watch` works, and whose watches the test feeds, breaks and counts by kind. */
export class WatchedStore {
  readonly #watches = new Map<string, ScriptedWatch[]>();

  /** For code that takes a Store and only watches it. */
  get store(): Store {
    return { collection: <T extends Resource>(kind: Kind<T>) => this.#collection(kind) } as unknown as Store;
  }

  /** All watches of a kind so far, the newest last. */
  watches(kind: string): readonly ScriptedWatch[] {
    return this.#watches.get(kind) ?? [];
  }

  #collection<T extends Resource>(kind: Kind<T>): Collection<T> {
    const watch = (_selector: unknown, { signal }: Watching): AsyncIterable<Change<T>> => {
      const scripted = new ScriptedWatch(signal);
      this.#watches.set(kind.kind, [...this.watches(kind.kind), scripted]);
      return scripted as AsyncIterable<unknown> as AsyncIterable<Change<T>>;
    };
    return { watch } as unknown as Collection<T>;
  }
}

export class ScriptedWatch implements AsyncIterable<Change<Resource>> {
  readonly #queue: (Change<Resource> | Error)[] = [];
  #wake = () => {};

  constructor(signal: AbortSignal | undefined) {
    signal?.addEventListener("abort", () => this.breaks(new Error("aborted")));
  }

  sends(...changes: Change<Resource>[]): void {
    this.#queue.push(...changes);
    this.#wake();
  }

  breaks(error: Error): void {
    this.#queue.push(error);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Change<Resource>> {
    for (;;) {
      const next = this.#queue.shift();
      if (next instanceof Error) throw next;
      if (next) yield next;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
