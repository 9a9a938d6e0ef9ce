import type { ApiSettings } from "../../core/resources/api-settings/api-settings.ts";
import type { LimitReached } from "../../snapshot/call-limits.ts";
import { CircuitBreaker, type BreakerChanged } from "./circuit-breaker.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { partOfCount, partOfRate, WHOLE, type LimitPart } from "./limit-part.ts";
import { Permit } from "./permit.ts";
import { RateLimit } from "./rate-limit.ts";

/** Milliseconds that a call is told to wait for another one to end; nobody knows when that will be. */
const CONCURRENCY_WAIT = 1000;

/** The limits of one API, and what they have counted. */
export class ApiLimits {
  #rate: RateLimit | undefined;
  #concurrency: ConcurrencyLimit | undefined;
  #breaker: CircuitBreaker | undefined;
  readonly #part: LimitPart;
  readonly #breakerChanged: BreakerChanged | undefined;

  constructor(settings: ApiSettings, part: LimitPart = WHOLE, breakerChanged?: BreakerChanged) {
    this.#part = part;
    this.#breakerChanged = breakerChanged;
    this.configure(settings);
  }

  /** What goes on being limited goes on being counted. */
  configure({ rateLimit, concurrencyLimit, circuitBreaker }: ApiSettings): void {
    const rate = rateLimit && partOfRate(rateLimit, this.#part);
    this.#rate = rate && (this.#rate ?? new RateLimit(rate));
    if (rate) this.#rate?.change(rate);
    if (!circuitBreaker) this.end();
    else if (this.#breaker) this.#breaker.change(circuitBreaker);
    else this.#breaker = new CircuitBreaker(circuitBreaker, this.#breakerChanged);
    this.#concurrency = concurrencyLimit === undefined ? undefined : this.#limitConcurrency(concurrencyLimit);
  }

  /** What the breaker of the same API has done in another process. */
  followBreaker(wait: number, now: number): void {
    this.#breaker?.follow(wait, now);
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

  #limitConcurrency(limit: number): ConcurrencyLimit {
    const part = partOfCount(limit, this.#part);
    const concurrency = this.#concurrency ?? new ConcurrencyLimit(part);
    concurrency.change(part);
    return concurrency;
  }
}
