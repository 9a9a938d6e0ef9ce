import type { Clock } from "../core/clock.ts";
import type { ReceivedCsrfToken } from "./csrf-token.ts";
import { isCredentialFailure, type CredentialFailure } from "./failures.ts";
import type { CsrfToken } from "./provider.ts";
import { usableTime } from "./refresh-schedule.ts";
import { SharedFetch, waitFor } from "./shared-fetch.ts";

export interface CsrfEnvironment {
  readonly clock: Clock;
  /** Milliseconds that a request for a CSRF token may take. */
  readonly timeout: number;
}

export type RequestCsrfToken = (signal: AbortSignal) => Promise<ReceivedCsrfToken | CredentialFailure>;

/** A token that nobody used for so long is not kept: the session behind it is hardly there any more. */
const LONGEST_IDLE = 3_600_000;

/**
 * The CSRF token of one API entry. Unlike an access token it is not refreshed ahead: sessions at the target
 * are not opened without a call, and most have no known end.
 */
export class CsrfSlot {
  readonly #environment: CsrfEnvironment;
  readonly #dropped: () => void;
  readonly #fetch: SharedFetch<CsrfToken | CredentialFailure>;
  #live: CsrfToken | undefined;
  #used = false;
  #timer: Disposable | undefined;
  /** Nobody may use what comes from now on, but for those who wait for it. */
  #ended = false;

  /** `dropped` is called when the slot holds nothing any more and may be forgotten. */
  constructor(environment: CsrfEnvironment, dropped: () => void) {
    this.#environment = environment;
    this.#dropped = dropped;
    this.#fetch = new SharedFetch(environment.clock);
  }

  current(): CsrfToken | undefined {
    this.#used = true;
    return this.#live;
  }

  async fetch(request: RequestCsrfToken, signal: AbortSignal): Promise<CsrfToken | CredentialFailure> {
    if (this.#live) return this.#live;
    const { timeout } = this.#environment;
    return waitFor(
      this.#fetch.join((fetchSignal) => this.#obtain(request, fetchSignal), timeout),
      signal,
    );
  }

  invalidate(used: CsrfToken): void {
    if (this.#live === used) this.#drop();
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

  async #obtain(request: RequestCsrfToken, signal: AbortSignal): Promise<CsrfToken | CredentialFailure> {
    let outcome: ReceivedCsrfToken | CredentialFailure | undefined;
    try {
      outcome = await request(signal);
      return outcome;
    } finally {
      if (outcome && !isCredentialFailure(outcome) && !this.#ended) this.#keep(outcome);
      else this.#drop();
    }
  }

  #keep(token: ReceivedCsrfToken): void {
    const { clock } = this.#environment;
    const usable = usableTime(token.lifetime ?? Number.POSITIVE_INFINITY);
    this.#live = token;
    this.#used = true;
    this.#watch(clock.monotonic() + usable);
  }

  /** Looks again when the token ends, or after an hour whether anybody uses it. */
  #watch(end: number): void {
    const { clock } = this.#environment;
    const rest = end - clock.monotonic();
    if (rest <= 0 || !this.#used) return this.#drop();
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
  }
}
