import type { Resource } from "../../core/resources/resource.ts";
import type { Change, Selector } from "../store.ts";
import type { FeedEvent, KindKey } from "./protocol.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface FeedOptions {
  readonly kind: KindKey;
  readonly selector: Selector;
  readonly version: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The changes of one watch. It asks the store's thread for more only when the reader has taken all there was,
 * so a slow reader costs nothing; nothing is parsed before it is read. An aborted signal and `return` end it,
 * also while it waits.
 */
export class ChangeFeed<T extends Resource> implements AsyncIterableIterator<Change<T>> {
  readonly #link: WorkerLink;
  readonly #options: FeedOptions;
  readonly #watch: number;
  readonly #ended = Promise.withResolvers<readonly FeedEvent[]>();
  readonly #onAbort = () => this.#end();
  #last: Promise<unknown> = Promise.resolve();
  #opened = false;
  #over = false;
  #events: readonly FeedEvent[] = [];
  #taken = 0;

  constructor(link: WorkerLink, options: FeedOptions) {
    this.#link = link;
    this.#watch = link.newWatch();
    this.#options = options;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Calls that overlap are answered one after the other, as those of a generator. */
  next(): Promise<IteratorResult<Change<T>, undefined>> {
    const result = this.#last.then(() => this.#next());
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #next(): Promise<IteratorResult<Change<T>, undefined>> {
    try {
      while (!this.#over && this.#taken === this.#events.length) await this.#refill();
    } catch (error) {
      this.#end();
      throw error;
    }
    const event = this.#over ? undefined : this.#events[this.#taken++];
    return event ? { done: false, value: toChange(event) } : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Change<T>, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #refill(): Promise<void> {
    if (!this.#opened) {
      this.#opened = true;
      const { kind, selector, version } = this.#options;
      await this.#link.call({ operation: "watch", watch: this.#watch, kind, selector, version });
      if (this.#over) return this.#unwatch();
    }
    const pulled = this.#link.call({ operation: "pull", watch: this.#watch });
    // The loser of the race may reject when the store closes, which then concerns nobody.
    pulled.catch(() => undefined);
    this.#events = await Promise.race([pulled, this.#ended.promise]);
    this.#taken = 0;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#ended.resolve([]);
    if (this.#opened) this.#unwatch();
  }

  #unwatch(): void {
    this.#link.call({ operation: "unwatch", watch: this.#watch }).catch(() => undefined);
  }
}

function toChange<T extends Resource>(event: FeedEvent): Change<T> {
  return "text" in event ? { type: event.type, object: JSON.parse(event.text) as T } : event;
}
