import type { ApiSettings } from "../../core/resources/api-settings/api-settings.ts";
import type { LimitReached } from "../../snapshot/call-limits.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { Permit } from "./permit.ts";
import { RateLimit } from "./rate-limit.ts";

/** Milliseconds that a call is told to wait for another one to end; nobody knows when that will be. */
const CONCURRENCY_WAIT = 1000;

/** The limits of one API, and what they have counted. */
export class ApiLimits {
  #rate: RateLimit | undefined;
  #concurrency: ConcurrencyLimit | undefined;
  #breaker: CircuitBreaker | undefined;
  readonly #breakerChanged: (open: boolean) => void;

  constructor(settings: ApiSettings, breakerChanged: (open: boolean) => void) {
    this.#breakerChanged = breakerChanged;
    this.configure(settings);
  }

  /** What goes on being limited goes on being counted. */
  configure({ rateLimit, concurrencyLimit, circuitBreaker }: ApiSettings): void {
    this.#rate = rateLimit && (this.#rate ?? new RateLimit(rateLimit));
    if (rateLimit) this.#rate?.change(rateLimit);
    if (!circuitBreaker) this.end();
    else if (this.#breaker) this.#breaker.change(circuitBreaker);
    else this.#breaker = new CircuitBreaker(circuitBreaker, this.#breakerChanged);
    if (concurrencyLimit === undefined) this.#concurrency = undefined;
    else if (this.#concurrency) this.#concurrency.change(concurrencyLimit);
    else this.#concurrency = new ConcurrencyLimit(concurrencyLimit);
  }

  /** The API is no more, or nothing limits it any more. */
  end(): void {
    this.#breaker?.end();
    this.#breaker = undefined;
  }

  /** A call that is refused by one limit counts for none of the others but the rate. `now`: monotonic. */
  enter(now: number): Permit | LimitReached {
    const opensIn = this.#breaker?.wait(now) ?? 0;
    if (opensIn > 0) return { limit: "breaker", wait: opensIn };
    const nextIn = this.#rate?.take(now) ?? 0;
    if (nextIn > 0) return { limit: "rate", wait: nextIn };
    if (this.#concurrency && !this.#concurrency.enter()) {
      return { limit: "concurrency", wait: CONCURRENCY_WAIT };
    }
    return new Permit(this.#concurrency, this.#breaker);
  }
}
