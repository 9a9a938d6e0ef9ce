import { applicationKind } from "../../core/resources/application.ts";
import { secretKind } from "../../core/resources/secret.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { reasonOf } from "../../core/failures.ts";
import type { Change, Selector, Store } from "../../stores/store.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** Changes that go in one message; a list is sent piece by piece, as fast as the worker takes it. */
const MOST = 16;

type Watch = Extract<FromWorker, { type: "watch" }>;

/** The watches of one worker: what the store tells of Applications and Secrets is passed on. */
export class ChangeFeeds implements Disposable {
  readonly #store: Store;
  /** Resolves when the worker can take more. */
  readonly #send: (message: ToWorker) => Promise<void>;
  readonly #running = new Map<number, AbortController>();

  constructor(store: Store, send: (message: ToWorker) => Promise<void>) {
    this.#store = store;
    this.#send = send;
  }

  watch({ watch, kind, selector }: Watch): void {
    const controller = new AbortController();
    this.#running.set(watch, controller);
    void this.#run(watch, this.#changes(kind, selector, controller.signal)).then(() =>
      this.#running.delete(watch),
    );
  }

  unwatch(watch: number): void {
    this.#running.get(watch)?.abort();
  }

  [Symbol.dispose](): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  #changes(
    kind: Watch["kind"],
    selector: Selector | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Change<Resource>> {
    return kind === "applications"
      ? this.#store.collection(applicationKind).watch(selector, { signal })
      : this.#store.collection(secretKind).watch(selector, { signal });
  }

  async #run(watch: number, source: AsyncIterable<Change<Resource>>): Promise<void> {
    let reason = "the watch has ended";
    try {
      for await (const changes of inPieces(source)) await this.#send({ type: "changes", watch, changes });
    } catch (error) {
      reason = reasonOf(error);
    }
    await this.#send({ type: "watch-ended", watch, reason });
  }
}

/** What comes in one turn of the event loop goes together. */
async function* inPieces<T>(source: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  let piece: T[] = [];
  let next = iterator.next();
  try {
    for (;;) {
      const read = piece.length === 0 ? await next : await Promise.race([next, nextTurn()]);
      if (read === undefined || piece.length >= MOST) {
        yield piece;
        piece = [];
      }
      if (read === undefined) continue;
      if (read.done === true) break;
      piece.push(read.value);
      next = iterator.next();
    }
    if (piece.length > 0) yield piece;
  } finally {
    await iterator.return?.();
  }
}

async function nextTurn(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setImmediate(resolve, undefined);
  return promise;
}
