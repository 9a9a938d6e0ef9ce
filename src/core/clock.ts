/** Time as a parameter: everything that waits or dates takes a Clock, so that tests move it. */
export interface Clock {
  /** Milliseconds since the epoch, for dates that are stored or shown. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start, for durations and expiry. Never jumps. */
  monotonic(): number;
  /** Calls `action` once after `milliseconds`; the timer does not keep the process alive. */
  after(milliseconds: number, action: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, action) {
    // Node fires a timer of more than 2^31-1 ms at once (with a warning); a month is as good as never here.
    const timer = setTimeout(action, Math.min(milliseconds, 2_147_483_647));
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
