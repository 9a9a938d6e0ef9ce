export interface FeedSource<Event, Value> {
  /** Begins the watch in the store's thread. */
  readonly open: () => Promise<unknown>;
  /** Answers with at least one event as soon as there is one. */
  readonly pull: () => Promise<readonly Event[]>;
  /** Ends the watch in the store's thread. */
  readonly close: () => Promise<unknown>;
  /** undefined for what the reader need not know. */
  readonly toValue: (event: Event) => Value | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The events of one watch. It asks the store's thread for more only when the reader has taken all there was,
 * so a slow reader costs nothing; nothing is parsed before it is read. An aborted signal and `return` end it,
 * also while it waits.
 */
export class PulledFeed<Event, Value> implements AsyncIterableIterator<Value> {
  readonly #source: FeedSource<Event, Value>;
  readonly #ended = Promise.withResolvers<readonly Event[]>();
  readonly #onAbort = () => this.#end();
  #last: Promise<unknown> = Promise.resolve();
  #opened = false;
  #over = false;
  #events: readonly Event[] = [];
  #taken = 0;

  constructor(source: FeedSource<Event, Value>) {
    this.#source = source;
    source.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (source.signal?.aborted) this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Calls that overlap are answered one after the other, as those of a generator. */
  next(): Promise<IteratorResult<Value, undefined>> {
    const result = this.#last.then(() => this.#next());
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #next(): Promise<IteratorResult<Value, undefined>> {
    try {
      for (;;) {
        while (!this.#over && this.#taken === this.#events.length) await this.#refill();
        if (this.#over) return { done: true, value: undefined };
        const value = this.#source.toValue(this.#events[this.#taken++] as Event);
        if (value !== undefined) return { done: false, value };
      }
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Value, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #refill(): Promise<void> {
    if (!this.#opened) {
      this.#opened = true;
      await this.#source.open();
      if (this.#over) return this.#close();
    }
    const pulled = this.#source.pull();
    // The loser of the race may reject when the store closes, which then concerns nobody.
    pulled.catch(() => undefined);
    this.#events = await Promise.race([pulled, this.#ended.promise]);
    this.#taken = 0;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.signal?.removeEventListener("abort", this.#onAbort);
    this.#ended.resolve([]);
    if (this.#opened) this.#close();
  }

  #close(): void {
    this.#source.close().catch(() => undefined);
  }
}
