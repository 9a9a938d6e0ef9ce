/** How late a deadline may be noticed, in milliseconds. */
const TICK = 50;

/**
 * All deadlines, checked by one timer: a timer of its own for every call would be started and stopped a
 * thousand times for each time that it is needed.
 */
const watched = new Set<Deadline>();
let ticker: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const deadline of watched) deadline.check(now);
}

/**
 * The deadline of whatever call a connection carries. It lives as long as the connection, because short-lived
 * entries of a long-lived set keep the garbage collector busy. What is waited for changes (the caller's body,
 * the target's head, the next piece of its answer), but there is never more than one thing.
 */
export class Deadline implements Disposable {
  #expiresAt = Number.POSITIVE_INFINITY;
  #expired: (() => void) | undefined;

  constructor() {
    watched.add(this);
    ticker ??= setInterval(tick, TICK).unref();
  }

  /** Calls `expired` once when nothing re-arms or stops the deadline for that many milliseconds. */
  arm(milliseconds: number, expired: () => void): void {
    this.#expiresAt = performance.now() + milliseconds;
    this.#expired = expired;
  }

  stop(): void {
    this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#expired = undefined;
  }

  /** `now` as performance.now() gives it. */
  check(now: number): void {
    if (now < this.#expiresAt) return;
    const expired = this.#expired;
    this.stop();
    expired?.();
  }

  [Symbol.dispose](): void {
    watched.delete(this);
    if (watched.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  }
}
