import type { BreakerChange } from "./channels.ts";
import { familyHead, labelText } from "./prometheus-text.ts";

const PREFIX = "application_gateway";

interface BreakerState {
  /** Those that are open: services of the same name have one each. */
  readonly open: Set<string>;
  openings: number;
  changedIn: number;
}

/** Which circuit breakers are open, and how often they have opened. Those that never did are not listed. */
export class BreakerMetrics {
  /** By labels. */
  readonly #states = new Map<string, BreakerState>();
  #round = 0;

  changed({ api, application, service, entry, open }: BreakerChange): void {
    const labels = labelText({ application, service, entry });
    const state = this.#states.get(labels) ?? { open: new Set(), openings: 0, changedIn: 0 };
    if (open && !state.open.has(api)) state.openings++;
    if (open) state.open.add(api);
    else state.open.delete(api);
    state.changedIn = this.#round;
    this.#states.set(labels, state);
  }

  /** Forgets what has been closed for so many calls of this method. */
  forgetClosed(rounds: number): void {
    this.#round++;
    for (const [labels, { open, changedIn }] of this.#states) {
      if (open.size === 0 && this.#round - changedIn > rounds) this.#states.delete(labels);
    }
  }

  /** Pieces of the Prometheus text format. */
  *text(): Generator<string> {
    const gauge = `${PREFIX}_breaker_open`;
    yield familyHead(gauge, "gauge", "1 while the circuit breaker of an API keeps calls from its target.");
    for (const [labels, { open }] of this.#states) yield `${gauge}{${labels}} ${open.size > 0 ? 1 : 0}\n`;
    const counter = `${PREFIX}_breaker_openings_total`;
    yield familyHead(counter, "counter", "How often the circuit breaker of an API has opened.");
    for (const [labels, { openings }] of this.#states) yield `${counter}{${labels}} ${openings}\n`;
  }
}
