import type { Clock } from "../core/clock.ts";

export interface BudgetOptions {
  /** How much may be taken at once. */
  readonly burst: number;
  /** Milliseconds in which one more may be taken. */
  readonly interval: number;
  /** How many things are told apart; beyond it the one that was asked for longest ago is forgotten. */
  readonly remembered: number;
}

interface Account {
  left: number;
  at: number;
}

/** How much each of many things may still do: much at first, and then a little at a time. */
export class EventBudget {
  readonly #options: BudgetOptions;
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();

  constructor(options: BudgetOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Whether there was one left, which is taken then. */
  take(key: string): boolean {
    const left = this.#left(key);
    const isThere = left >= 1;
    this.#accounts.delete(key);
    this.#accounts.set(key, { left: isThere ? left - 1 : left, at: this.#clock.monotonic() });
    if (this.#accounts.size > this.#options.remembered) {
      const [oldest = ""] = this.#accounts.keys();
      this.#accounts.delete(oldest);
    }
    return isThere;
  }

  #left(key: string): number {
    const { burst, interval } = this.#options;
    const account = this.#accounts.get(key);
    if (!account) return burst;
    return Math.min(burst, account.left + (this.#clock.monotonic() - account.at) / interval);
  }
}
