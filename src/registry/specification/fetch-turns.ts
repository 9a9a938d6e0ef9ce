import type { Clock } from "../../core/clock.ts";

export interface FetchTurnsOptions {
  /** How many may run at once. */
  readonly most: number;
  readonly clock: Clock;
}

interface Waiting {
  readonly owner: string;
  readonly begin: () => void;
}

/**
 * Turns for fetches, each of which may hold tens of megabytes. One owner has half of them at most, so that nobody
 * whose servers hang keeps all others from theirs; among the others it goes by who came first.
 */
export class FetchTurns {
  readonly #most: number;
  readonly #share: number;
  readonly #clock: Clock;
  readonly #running = new Map<string, number>();
  #total = 0;
  readonly #waiting = new Set<Waiting>();

  constructor({ most, clock }: FetchTurnsOptions) {
    this.#most = most;
    this.#share = Math.ceil(most / 2);
    this.#clock = clock;
  }

  /** Runs the work in its turn; undefined where none has come after `patience` milliseconds. */
  async run<Result>(
    owner: string,
    patience: number,
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined> {
    if (!(await this.#turn(owner, patience))) return undefined;
    try {
      return { result: await work() };
    } finally {
      this.#total--;
      const left = this.#of(owner) - 1;
      if (left > 0) this.#running.set(owner, left);
      else this.#running.delete(owner);
      this.#next();
    }
  }

  #turn(owner: string, patience: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = { owner, begin: () => resolve(true) };
    this.#waiting.add(waiting);
    this.#next();
    if (!this.#waiting.has(waiting)) return promise;
    const timer = this.#clock.after(patience, () => {
      if (this.#waiting.delete(waiting)) resolve(false);
    });
    return promise.finally(() => timer[Symbol.dispose]());
  }

  #next(): void {
    for (const waiting of this.#waiting) {
      if (this.#total >= this.#most) return;
      const { owner, begin } = waiting;
      if (this.#of(owner) >= this.#share) continue;
      this.#waiting.delete(waiting);
      this.#total++;
      this.#running.set(owner, this.#of(owner) + 1);
      begin();
    }
  }

  #of(owner: string): number {
    return this.#running.get(owner) ?? 0;
  }
}
