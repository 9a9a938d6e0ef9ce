import type { Clock } from "../../core/clock.ts";

/**
 * Milliseconds from one group of writes to the next while there are several at once: each group wakes a thread and
 * the disk, whether it brings one or a dozen.
 */
const PACE = 10;

/** Milliseconds for which more are expected after two writes met. */
const BUSY = 250;

/** Has writes go together that come at about the same time. Who writes one thing after the other waits for nothing. */
export class WritePace {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  #open = 0;
  #busyUntil = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** The group that is being gathered. */
  #next: Promise<void> | undefined;

  constructor(clock: Pick<Clock, "monotonic" | "after">) {
    this.#clock = clock;
  }

  /** Writes when it is time, in the same turn as all of the group. */
  async run<Result>(write: () => Promise<Result>): Promise<Result> {
    const now = this.#clock.monotonic();
    if (this.#open > 0) this.#busyUntil = now + BUSY;
    this.#open++;
    try {
      const waited = this.#waited(now);
      if (waited) await waited;
      return await write();
    } finally {
      this.#open--;
    }
  }

  #waited(now: number): Promise<void> | undefined {
    const wait = now < this.#busyUntil ? this.#last + PACE - now : 0;
    if (this.#next || wait > 0) return (this.#next ??= this.#gathered(wait));
    this.#last = now;
    return undefined;
  }

  #gathered(wait: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(wait, () => {
        this.#next = undefined;
        this.#last = this.#clock.monotonic();
        resolve();
      });
    });
  }
}
