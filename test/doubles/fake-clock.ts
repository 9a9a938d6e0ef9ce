import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";

interface FakeTimer {
  readonly time: number;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #epoch: number;
  readonly #timers = new Set<FakeTimer>();

  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, action: () => void): Disposable {
    const timer = { time: this.#elapsed + Math.max(0, milliseconds), action };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  jump(milliseconds: number): void {
    this.#epoch += milliseconds;
  }

  /** Moves time forward. Every timer that falls due sees its own moment, and what it starts runs before the next. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await turn();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.time);
      next.action();
      // eslint-disable-next-line no-await-in-loop -- each timer's consequences come before the next timer
      await turn();
    }
    this.#elapsed = end;
  }

  #next(end: number): FakeTimer | undefined {
    let next: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.time <= end && (!next || timer.time < next.time)) next = timer;
    }
    return next;
  }
}
