import type { Clock } from "../../core/clock.ts";

export interface AttemptsOptions {
  readonly clock: Clock;
  /** From 0 to less than 1; spreads the attempts of many. */
  readonly random: () => number;
  /** Whether another attempt may succeed. */
  readonly isPassing: (error: unknown) => boolean;
}

const ATTEMPTS = 3;

/** Milliseconds before the second attempt at most; twice as many before the third. */
const PAUSE = 200;

/** Does work that may fail in passing, up to three times. An abort ends the pause, with the error that led to it. */
export class Attempts {
  readonly #options: AttemptsOptions;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  async run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next attempt follows the failure of this one
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted || !this.#options.isPassing(error)) throw error;
        // oxlint-disable-next-line no-await-in-loop -- as above
        await this.#pause(PAUSE * 2 ** (attempt - 1) * (0.5 + this.#options.random() / 2), signal);
        if (signal.aborted) throw error;
      }
    }
  }

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(milliseconds, over.resolve);
    const onAbort = () => over.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    await over.promise;
    signal.removeEventListener("abort", onAbort);
  }
}
