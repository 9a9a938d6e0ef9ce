import type { ApiSettings } from "../../core/resources/api-settings/api-settings.ts";
import type {
  CallLimits,
  CallPermit,
  LimitedApi,
  LimitReached,
  LimitRegistry,
} from "../../snapshot/call-limits.ts";
import { breakerChanged, type BreakerChange } from "../../telemetry/channels.ts";
import { ApiLimits } from "./api-limits.ts";
import type { LimitPart } from "./limit-part.ts";

interface State {
  readonly limits: ApiLimits;
  holders: number;
}

/** What the circuit breaker of an API has done in one process. */
export interface BreakerEvent extends Omit<BreakerChange, "open"> {
  /** Milliseconds for which it stays open; 0: it has closed. */
  readonly wait: number;
}

/** Where other processes of this machine serve the same APIs. */
export interface SharedLimits {
  readonly part: LimitPart;
  readonly breakerChanged: (event: BreakerEvent) => void;
}

/** What the limits of all APIs have counted, in this process (decision 0023). */
export class LimitStates implements LimitRegistry {
  readonly #states = new Map<string, State>();
  readonly #shared: SharedLimits | undefined;

  constructor(shared?: SharedLimits) {
    this.#shared = shared;
  }

  /** Of how many APIs something is counted. */
  get size(): number {
    return this.#states.size;
  }

  limits(api: LimitedApi, settings: ApiSettings): CallLimits | undefined {
    const { rateLimit, concurrencyLimit, circuitBreaker } = settings;
    if (!rateLimit && concurrencyLimit === undefined && !circuitBreaker) return undefined;
    const key = JSON.stringify([api.application, api.serviceId, api.entry]);
    const state = this.#states.get(key) ?? { limits: this.#open(key, api, settings), holders: 0 };
    return new HeldLimits(this.#states, { key, state, settings });
  }

  /** `now`: monotonic, in milliseconds. */
  followBreaker({ api, wait }: BreakerEvent, now: number): void {
    this.#states.get(api)?.limits.followBreaker(wait, now);
  }

  #open(key: string, { application, service, entry }: LimitedApi, settings: ApiSettings): ApiLimits {
    const names = { api: key, application, service, entry };
    const shared = this.#shared;
    return new ApiLimits(settings, shared?.part, (wait) => {
      breakerChanged.publish({ ...names, open: wait > 0 });
      shared?.breakerChanged({ ...names, wait });
    });
  }
}

interface HeldState {
  readonly key: string;
  readonly state: State;
  readonly settings: ApiSettings;
}

class HeldLimits implements CallLimits {
  readonly #states: Map<string, State>;
  readonly #held: HeldState;

  constructor(states: Map<string, State>, held: HeldState) {
    this.#states = states;
    this.#held = held;
  }

  /** From now on its own settings count, and no sooner: what is compiled need not be published. */
  hold(): void {
    const { key, state, settings } = this.#held;
    this.#states.set(key, state);
    state.holders++;
    state.limits.configure(settings);
  }

  release(): void {
    const { key, state } = this.#held;
    state.holders--;
    if (state.holders > 0) return;
    state.limits.end();
    if (this.#states.get(key) === state) this.#states.delete(key);
  }

  enter(now: number): CallPermit | LimitReached {
    return this.#held.state.limits.enter(now);
  }
}
