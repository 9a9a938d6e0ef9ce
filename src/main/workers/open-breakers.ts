import type { BreakerEvent } from "../../gateway/limits/limit-states.ts";

/** Shortest wait that still says open. Milliseconds. */
const ANY_MOMENT = 1;

interface Open {
  readonly event: BreakerEvent;
  /** When a call may try its target again, on the monotonic clock. */
  readonly until: number;
}

/** The circuit breakers that are open now, as workers have told: a worker that begins later was not there to hear it. */
export class OpenBreakers {
  readonly #open = new Map<string, Open>();

  /** `now`: monotonic, in milliseconds. */
  changed(event: BreakerEvent, now: number): void {
    if (event.wait > 0) this.#open.set(event.api, { event, until: now + event.wait });
    else this.#open.delete(event.api);
  }

  /** What a worker is to be told. One whose time is over stays open until a call succeeds. */
  at(now: number): readonly BreakerEvent[] {
    return Array.from(this.#open.values(), ({ event, until }) => ({
      ...event,
      wait: Math.max(until - now, ANY_MOMENT),
    }));
  }
}
