import { Counter, Registry } from "prom-client";
import {
  registryAnswered,
  specificationRefreshed,
  type RegistryAnswer,
  type SpecificationRefresh,
} from "./channels.ts";
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
  readonly #refreshes = new Counter({
    name: "appconn_registry_specification_refreshes_total",
    help: "Specifications that were fetched again by themselves.",
    labelNames: ["outcome"],
    registers: [this.#registry],
  });
  readonly #refreshed = ({ outcome }: SpecificationRefresh) => {
    this.#isSilent = false;
    this.#refreshes.inc({ outcome });
  };
  #isSilent = true;

  constructor() {
    registryAnswered.subscribe(this.#answered);
    specificationRefreshed.subscribe(this.#refreshed);
  }

  /** In the Prometheus text format; empty where no registry runs. */
  async text(): Promise<string> {
    return this.#isSilent ? "" : await this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    registryAnswered.unsubscribe(this.#answered);
    specificationRefreshed.unsubscribe(this.#refreshed);
    this.#registry.clear();
  }
}
