/** The work that goes on in something that can be closed: it is told to stop, and closing waits for it. */
export class OpenWork {
  readonly #closed = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** Aborts with the reason that closing gave. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Rejects with the reason where it is closed already. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#closed.signal.throwIfAborted();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Never rejects; resolves when nothing is left running. */
  async close(reason: Error): Promise<void> {
    this.#closed.abort(reason);
    await Promise.allSettled(this.#running);
  }
}
