import type { CountPerTime } from "../../core/resources/api-settings/value-parsers.ts";
import { isSameRate } from "./rate-limit.ts";

/** Milliseconds that a call is told to wait while another one tries whether the target is back. */
const PROBE_WAIT = 1000;

/** It has opened for so many milliseconds, or closed where that is 0. */
export type BreakerChanged = (wait: number) => void;

/**
 * Keeps calls from a target that fails: after so many failures in a row none for a time, then one at a time
 * until one succeeds. Calls know the round that they began in, because what a call of before tells says nothing
 * of now: a late failure must not open it again, nor a late success close it.
 */
export class CircuitBreaker {
  #limit: CountPerTime;
  #changed: BreakerChanged;
  #failures = 0;
  /** Infinite while it is closed. */
  #opensAgainAt = Number.POSITIVE_INFINITY;
  #probing = false;
  #round = 0;

  constructor(limit: CountPerTime, changed: BreakerChanged = () => {}) {
    this.#limit = limit;
    this.#changed = changed;
  }

  /** Another limit begins anew, closed: whoever changes it wants to see what it does. */
  change(limit: CountPerTime): void {
    if (isSameRate(limit, this.#limit)) return;
    this.#limit = limit;
    const wasOpen = !this.#closed;
    this.#close();
    if (wasOpen) this.#changed(0);
  }

  /** It decides nothing any more, whatever becomes of the calls that it let in. */
  end(): void {
    if (!this.#closed) this.#changed(0);
    this.#changed = () => {};
  }

  /** Grows whenever it opens and whenever it closes. */
  get round(): number {
    return this.#round;
  }

  get #closed(): boolean {
    return this.#opensAgainAt === Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until a call may come; 0 lets it begin now. `now`: monotonic. */
  wait(now: number): number {
    if (this.#closed) return 0;
    if (now < this.#opensAgainAt) return this.#opensAgainAt - now;
    return this.#probing ? PROBE_WAIT : 0;
  }

  /** A call begins, right after `wait` was 0. Answers its round. */
  begin(): number {
    if (!this.#closed) this.#probing = true;
    return this.#round;
  }

  succeeded(round: number): void {
    if (round !== this.#round) return;
    if (this.#closed) {
      this.#failures = 0;
      return;
    }
    this.#close();
    this.#changed(0);
  }

  failed(round: number, now: number): void {
    if (round !== this.#round) return;
    this.#failures++;
    if (this.#closed && this.#failures < this.#limit.count) return;
    this.#open(now + this.#limit.time);
    this.#changed(this.#limit.time);
  }

  /** Another process has found out for this one: it stays open for `wait` milliseconds, or has closed where that is 0. */
  follow(wait: number, now: number): void {
    if (wait > 0) this.#open(now + wait);
    else if (!this.#closed) this.#close();
  }

  /** The call has ended, and may have said nothing of the target: then another one may try. */
  ended(round: number): void {
    if (round === this.#round && !this.#closed) this.#probing = false;
  }

  #open(until: number): void {
    this.#opensAgainAt = until;
    this.#failures = 0;
    this.#probing = false;
    this.#round++;
  }

  #close(): void {
    this.#opensAgainAt = Number.POSITIVE_INFINITY;
    this.#failures = 0;
    this.#probing = false;
    this.#round++;
  }
}
