import type { CallPermit } from "../../snapshot/call-limits.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { ConcurrencyLimit } from "./concurrency-limit.ts";

/** Of one call. It holds the very limits that let it in, whatever is configured meanwhile. */
export class Permit implements CallPermit {
  readonly #concurrency: ConcurrencyLimit | undefined;
  readonly #breaker: CircuitBreaker | undefined;
  readonly #round: number;
  #ended = false;

  constructor(concurrency: ConcurrencyLimit | undefined, breaker: CircuitBreaker | undefined) {
    this.#concurrency = concurrency;
    this.#breaker = breaker;
    this.#round = breaker?.begin() ?? 0;
  }

  get allowsRetry(): boolean {
    return this.#breaker === undefined || this.#breaker.round === this.#round;
  }

  succeeded(): void {
    this.#breaker?.succeeded(this.#round);
  }

  failed(now: number): void {
    this.#breaker?.failed(this.#round, now);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#concurrency?.leave();
    this.#breaker?.ended(this.#round);
  }
}
