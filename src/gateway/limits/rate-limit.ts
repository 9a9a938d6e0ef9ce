import type { CountPerTime } from "../../core/resources/api-settings/value-parsers.ts";

/**
 * So many calls in a time, all of them at once if need be; then as many as come free. One number remembers all
 * (the generic cell rate algorithm of ITU-T I.371): when the calls that were let through have been paid for.
 */
export class RateLimit {
  #limit: CountPerTime;
  #paidAt = Number.NEGATIVE_INFINITY;

  constructor(limit: CountPerTime) {
    this.#limit = limit;
  }

  /** Another limit begins anew: what the former one let through would count by a price that is not its own. */
  change(limit: CountPerTime): void {
    if (isSameRate(limit, this.#limit)) return;
    this.#limit = limit;
    this.#paidAt = Number.NEGATIVE_INFINITY;
  }

  /** Lets a call through and answers 0, or the milliseconds until the next one may come. `now`: monotonic. */
  take(now: number): number {
    const { count, time } = this.#limit;
    const price = time / count;
    const paidAt = Math.max(now, this.#paidAt) + price;
    const wait = paidAt - time - now;
    // Floating point is wrong by less than a microsecond, after years of running too.
    if (wait > 1e-3) return wait;
    this.#paidAt = paidAt;
    return 0;
  }
}

export function isSameRate(one: CountPerTime, other: CountPerTime): boolean {
  return one.count === other.count && one.time === other.time;
}
