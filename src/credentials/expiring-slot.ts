import type { Clock } from "../core/clock.ts";
import { isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { usableTime } from "./refresh-schedule.ts";
import { SharedFetch, waitFor } from "./shared-fetch.ts";

export interface SlotEnvironment {
  readonly clock: Clock;
  /** Milliseconds that a request may take. */
  readonly timeout: number;
}

/** What a slot holds. */
interface Expiring {
  /** Milliseconds from now; undefined when there is no known end. */
  readonly lifetime: number | undefined;
}

/** What nobody used for so long is not kept: the session behind it is hardly there any more. */
const LONGEST_IDLE = 3_600_000;

/**
 * One value that is fetched when it is asked for and kept until it ends: the CSRF token of an API entry, a token
 * that a caller's own was exchanged for. Unlike the token of a credential it is not refreshed ahead: sessions are
 * not opened without a call, and most have no known end.
 */
export class ExpiringSlot<Value extends Expiring> {
  readonly #environment: SlotEnvironment;
  readonly #dropped: () => void;
  readonly #fetch: SharedFetch<Value | CredentialFailure>;
  #live: Value | undefined;
  /** Was refused to somebody, and is better than none where no other can be had. */
  #doubted: Value | undefined;
  #used = false;
  #timer: Disposable | undefined;
  /** Nobody may use what comes from now on, but for those who wait for it. */
  #ended = false;

  /** `dropped` is called when the slot holds nothing any more and may be forgotten. */
  constructor(environment: SlotEnvironment, dropped: () => void) {
    this.#environment = environment;
    this.#dropped = dropped;
    this.#fetch = new SharedFetch(environment.clock);
  }

  current(): Value | undefined {
    this.#used = true;
    return this.#live;
  }

  async fetch(
    request: (signal: AbortSignal) => Promise<Value | CredentialFailure>,
    signal: AbortSignal,
  ): Promise<Value | CredentialFailure> {
    if (this.#live) return this.#live;
    const { timeout } = this.#environment;
    return waitFor(
      this.#fetch.join((fetchSignal) => this.#obtain(request, fetchSignal), timeout),
      signal,
    );
  }

  /** Answers whether it was the current one. */
  invalidate(used: unknown): boolean {
    if (this.#live !== used) return false;
    this.#drop();
    return true;
  }

  /** As invalidate, but where no other value can be had it is current again until it ends. */
  doubt(used: unknown): boolean {
    if (this.#live !== used) return false;
    this.#doubted = this.#live;
    this.#live = undefined;
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#forget();
    // Otherwise the fetch under way ends it: callers may be waiting for that one.
    if (!this.#fetch.isUnderWay) this.#dropped();
  }

  revive(): void {
    this.#ended = false;
  }

  close(): void {
    this.#ended = true;
    this.#drop();
    this.#fetch.abort(new Error("shutting down"));
  }

  async #obtain(
    request: (signal: AbortSignal) => Promise<Value | CredentialFailure>,
    signal: AbortSignal,
  ): Promise<Value | CredentialFailure> {
    let outcome: Value | CredentialFailure | undefined;
    try {
      outcome = await request(signal);
      return outcome;
    } finally {
      this.#settle(outcome);
    }
  }

  #settle(outcome: Value | CredentialFailure | undefined): void {
    if (this.#ended) return this.#drop();
    if (outcome && !isCredentialFailure(outcome)) return this.#keep(outcome);
    if (!this.#doubted) return this.#drop();
    this.#live = this.#doubted;
    this.#doubted = undefined;
  }

  #keep(value: Value): void {
    const { clock } = this.#environment;
    const usable = usableTime(value.lifetime ?? Number.POSITIVE_INFINITY);
    if (usable <= 0) return this.#drop();
    this.#live = value;
    this.#doubted = undefined;
    this.#used = true;
    this.#watch(clock.monotonic() + usable);
  }

  /** Looks again when the value ends, or after an hour whether anybody uses it. */
  #watch(end: number): void {
    const { clock } = this.#environment;
    const rest = end - clock.monotonic();
    // A fetch under way still has a place for what it brings.
    if (rest <= 0 || !this.#used) return this.#fetch.isUnderWay ? this.#forget() : this.#drop();
    this.#used = false;
    this.#timer?.[Symbol.dispose]();
    this.#timer = clock.after(Math.min(rest, LONGEST_IDLE), () => this.#watch(end));
  }

  #drop(): void {
    this.#forget();
    this.#dropped();
  }

  #forget(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#live = undefined;
    this.#doubted = undefined;
  }
}
