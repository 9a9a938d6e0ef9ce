import { shareStructure } from "../../core/share-structure.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { applicationKind } from "../../core/resources/application.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { WatchedStore } from "../../snapshot/follow.ts";
import type { Change, Collection, Selector, Watching } from "../../stores/store.ts";
import type { PrimaryLink } from "./primary-link.ts";

/** One watch of the store, as it comes from the primary process. */
class RelayedWatch<T extends Resource> {
  readonly #known = new Map<string, T>();
  #waiting: Change<T>[] = [];
  #error: Error | undefined;
  #wake = () => {};

  push(changes: readonly Change<T>[]): void {
    for (const change of changes) this.#waiting.push(this.#shared(change));
    this.#wake();
  }

  end(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }

  async *changes(): AsyncGenerator<Change<T>> {
    for (;;) {
      yield* this.#waiting.splice(0);
      if (this.#waiting.length > 0) continue;
      if (this.#error) throw this.#error;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** What is compiled of the parts that have not changed is found again by their identity. */
  #shared(change: Change<T>): Change<T> {
    if (!("object" in change)) return change;
    const { namespace = "", name } = change.object.metadata;
    const key = `${namespace}/${name}`;
    const object = shareStructure(this.#known.get(key), change.object);
    if (change.type === "deleted") this.#known.delete(key);
    else this.#known.set(key, object);
    return { ...change, object };
  }
}

/** What a worker sees of the store: the changes that the primary process passes on. */
export class RelayedStore implements WatchedStore {
  readonly #link: PrimaryLink;
  readonly #watches = new Map<number, RelayedWatch<Resource>>();
  #last = 0;

  constructor(link: PrimaryLink) {
    this.#link = link;
    link.on("changes", ({ watch, changes }) => this.#watches.get(watch)?.push(changes));
    link.on("watch-ended", ({ watch, reason }) => this.#watches.get(watch)?.end(new Error(reason)));
  }

  collection<T extends Resource>({ kind }: Kind<T>): Pick<Collection<T>, "watch"> {
    const watched = kind === applicationKind.kind ? "applications" : "secrets";
    return { watch: (selector, { signal }) => this.#watch(watched, selector, signal) };
  }

  async *#watch<T extends Resource>(
    kind: "applications" | "secrets",
    selector: Selector | undefined,
    signal: Watching["signal"],
  ): AsyncGenerator<Change<T>> {
    const number = ++this.#last;
    const watch = new RelayedWatch<T>();
    this.#watches.set(number, watch);
    const abort = () => watch.end(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    this.#link.send({ type: "watch", watch: number, kind, selector });
    try {
      yield* watch.changes();
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#watches.delete(number);
      this.#link.send({ type: "unwatch", watch: number });
    }
  }
}
