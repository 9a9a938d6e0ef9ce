import { Counter, Registry, Summary } from "prom-client";
import { registryAnswered, type RegistryAnswer } from "./channels.ts";

/** The metrics of registry spec §9.6, from the diagnostics channel until disposed of. */
export class RegistryMetrics implements Disposable {
  readonly #registry = new Registry();
  readonly #duration: Summary<"endpoint" | "method">;
  readonly #responses: Counter<"endpoint" | "status" | "method">;
  readonly #answered = ({ endpoint, method, status, milliseconds }: RegistryAnswer) => {
    this.#isSilent = false;
    this.#duration.observe({ endpoint, method }, milliseconds / 1000);
    this.#responses.inc({ endpoint, method, status });
  };
  #isSilent = true;

  constructor() {
    const registers = [this.#registry];
    this.#duration = new Summary({
      name: "application_registry_endpoints_duration",
      help: "Seconds that the application registry took for an answer.",
      labelNames: ["endpoint", "method"],
      percentiles: [0.995],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      registers,
    });
    this.#responses = new Counter({
      name: "application_registry_endpoints_responses",
      help: "Answers of the application registry.",
      labelNames: ["endpoint", "status", "method"],
      registers,
    });
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
