import type { Abortable, Lease } from "./store.ts";

/** Leases within this one process, which is all that share an embedded store: first come, first served. */
export class ProcessLeases {
  readonly #holder: string;
  readonly #closed: AbortSignal;
  /** The end of the queue for each name: settles when the last in it has released. */
  readonly #queues = new Map<string, Promise<void>>();

  /** Leases are lost when `closed` aborts. */
  constructor(holder: string, closed: AbortSignal) {
    this.#holder = holder;
    this.#closed = closed;
  }

  /** Rejects with the signal's reason when aborted while waiting, or with why the store closed. */
  async acquire(name: string, { signal }: Abortable = {}): Promise<Lease> {
    const waited = signal ? AbortSignal.any([signal, this.#closed]) : this.#closed;
    waited.throwIfAborted();
    const before = this.#queues.get(name) ?? Promise.resolve();
    const released = Promise.withResolvers<void>();
    const turn = before.then(() => released.promise);
    this.#queues.set(name, turn);
    void turn.then(() => {
      if (this.#queues.get(name) === turn) this.#queues.delete(name);
    });
    const release = () => {
      released.resolve();
      return Promise.resolve();
    };
    try {
      await untilAborted(before, waited);
    } catch (error) {
      await release();
      throw error;
    }
    return { holder: this.#holder, lost: this.#closed, [Symbol.asyncDispose]: release };
  }
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
