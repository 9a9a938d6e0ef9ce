import { Registry } from "prom-client";
import { registryAnswered, type RegistryAnswer } from "./channels.ts";
import { endpointMetrics } from "./endpoint-metrics.ts";

/** The metrics of registry spec §9.6, from the diagnostics channel until disposed of. */
export class RegistryMetrics implements Disposable {
  readonly #registry = new Registry();
  readonly #count = endpointMetrics({
    prefix: "application_registry",
    component: "application registry",
    registry: this.#registry,
  });
  readonly #answered = (answer: RegistryAnswer) => {
    this.#isSilent = false;
    this.#count(answer);
  };
  #isSilent = true;

  constructor() {
    registryAnswered.subscribe(this.#answered);
  }

  /** In the Prometheus text format; empty where no registry runs. */
  async text(): Promise<string> {
    return this.#isSilent ? "" : await this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    registryAnswered.unsubscribe(this.#answered);
    this.#registry.clear();
  }
}
