import { Counter, Gauge, Registry } from "prom-client";
import type { Clock } from "../core/clock.ts";
import {
  registryAnswered,
  serviceCertificates,
  specificationRefreshed,
  type RegistryAnswer,
  type ServiceCertificate,
  type SpecificationRefresh,
} from "./channels.ts";
import { endpointMetrics } from "./endpoint-metrics.ts";

const DAY = 86_400_000;

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
  readonly #certificates = new Gauge({
    name: "appconn_service_certificate_days_left",
    help: "Days until the generated certificate of a service ends.",
    labelNames: ["application", "service"],
    registers: [this.#registry],
  });
  /** By Application and service. */
  readonly #ends = new Map<string, ServiceCertificate>();
  readonly #ended = (ends: {
    readonly certificates: readonly ServiceCertificate[];
    readonly areAll: boolean;
  }) => {
    this.#isSilent = false;
    if (ends.areAll) this.#ends.clear();
    for (const one of ends.certificates) this.#ends.set(`${one.application}/${one.service}`, one);
  };
  readonly #clock: Clock;
  #isSilent = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    // Whoever asks for a rate sees the first one only where there was none before.
    for (const outcome of ["changed", "unchanged", "failed"] as const) this.#refreshes.inc({ outcome }, 0);
    serviceCertificates.subscribe(this.#ended);
    registryAnswered.subscribe(this.#answered);
    specificationRefreshed.subscribe(this.#refreshed);
  }

  /** In the Prometheus text format; empty where no registry runs. */
  async text(): Promise<string> {
    if (this.#isSilent) return "";
    // At the moment of asking: days pass between two messages.
    this.#certificates.reset();
    for (const { application, service, notAfter } of this.#ends.values()) {
      this.#certificates.set({ application, service }, (notAfter - this.#clock.now()) / DAY);
    }
    return await this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    registryAnswered.unsubscribe(this.#answered);
    specificationRefreshed.unsubscribe(this.#refreshed);
    serviceCertificates.unsubscribe(this.#ended);
    this.#registry.clear();
  }
}
