/** How late a deadline may be noticed, in milliseconds. */
const TICK = 50;

/**
 * What calls wait for, checked by one timer for all of them: a timer of its own for every call would be
 * started and stopped for nothing a thousand times for each time that it is needed.
 */
const armed = new Set<Deadline>();
let ticker: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const deadline of armed) deadline.check(now);
  if (armed.size > 0) return;
  clearInterval(ticker);
  ticker = undefined;
}

/**
 * The deadline of one call. What is waited for changes (the caller's body, the target's head, the next piece
 * of its answer), but there is never more than one thing.
 */
export class Deadline {
  #expiresAt = 0;
  #expired: () => void = () => {};

  /** Calls `expired` once when nothing re-arms or stops the deadline for that many milliseconds. */
  arm(milliseconds: number, expired: () => void): void {
    this.#expiresAt = performance.now() + milliseconds;
    this.#expired = expired;
    armed.add(this);
    ticker ??= setInterval(tick, TICK).unref();
  }

  stop(): void {
    armed.delete(this);
  }

  /** `now` as performance.now() gives it. */
  check(now: number): void {
    if (now < this.#expiresAt) return;
    armed.delete(this);
    this.#expired();
  }
}
