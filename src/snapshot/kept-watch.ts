import type { Clock } from "../core/clock.ts";

export interface WatchOptions {
  /** One watch from a complete list on, until `signal`; calls `synced` when the list is complete. */
  readonly watch: (synced: () => void, signal: AbortSignal) => Promise<void>;
  /** A watch broke off and is begun again. */
  readonly interrupted: (error: unknown) => void;
  readonly clock: Clock;
}

/** Milliseconds until a watch that broke off is begun again; doubled each time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/** A watch that is begun again whenever it breaks off, until it is closed. */
export class KeptWatch implements AsyncDisposable {
  readonly #stopping = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;

  constructor(options: WatchOptions) {
    // Whoever does not wait for it is told by `interrupted`.
    this.#synced.promise.catch(() => undefined);
    this.#loop = this.#run(options);
  }

  /** Resolves with the first complete list; rejects when it cannot be read, or at `close`. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run({ watch, interrupted, clock }: WatchOptions): Promise<void> {
    const { signal } = this.#stopping;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        await watch(() => {
          pause = FIRST_PAUSE;
          this.#synced.resolve();
        }, signal);
      } catch (error) {
        if (signal.aborted) break;
        // Before the first list there is nothing to fall back on: whoever waits for it decides.
        this.#synced.reject(error);
        interrupted(error);
      }
      await wait(pause, signal, clock);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    this.#synced.reject(signal.reason);
  }
}

async function wait(milliseconds: number, signal: AbortSignal, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  using _timer = clock.after(milliseconds, resolve);
  if (!signal.aborted) await promise;
}
