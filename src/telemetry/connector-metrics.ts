import { Gauge, Registry } from "prom-client";
import type { Clock } from "../core/clock.ts";
import {
  certificateEnds,
  connectorAnswered,
  type CertificateEnds,
  type ConnectorAnswer,
} from "./channels.ts";
import { endpointMetrics } from "./endpoint-metrics.ts";

const DAY = 86_400_000;

/** The metrics of connector spec §10 and the ends of certificates, from the diagnostics channels until disposed of. */
export class ConnectorMetrics implements Disposable {
  readonly #clock: Clock;
  readonly #registry = new Registry();
  readonly #subscriptions = new DisposableStack();
  readonly #count: (answer: ConnectorAnswer) => void;
  readonly #authority: Gauge;
  readonly #certificates: Gauge<"application">;
  #ends: CertificateEnds | undefined;
  #isSilent = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    const registers = [this.#registry];
    this.#count = endpointMetrics({
      prefix: "connector_service",
      component: "connector",
      registry: this.#registry,
    });
    this.#authority = new Gauge({
      name: "appconn_client_authority_days_left",
      help: "Days until the authority that signs client certificates ends.",
      registers,
    });
    this.#certificates = new Gauge({
      name: "appconn_client_certificate_days_left",
      help: "Days until the newest client certificate of an Application ends.",
      labelNames: ["application"],
      registers,
    });
    this.#listen();
  }

  /** In the Prometheus text format; empty where no connector runs. */
  async text(): Promise<string> {
    if (this.#isSilent) return "";
    this.#setDays();
    return await this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose();
    this.#registry.clear();
  }

  #listen(): void {
    const answered = (answer: ConnectorAnswer) => {
      this.#isSilent = false;
      this.#count(answer);
    };
    const ended = (ends: CertificateEnds) => {
      this.#isSilent = false;
      this.#ends = ends;
    };
    connectorAnswered.subscribe(answered);
    this.#subscriptions.defer(() => connectorAnswered.unsubscribe(answered));
    certificateEnds.subscribe(ended);
    this.#subscriptions.defer(() => certificateEnds.unsubscribe(ended));
  }

  /** At the moment of asking: days pass between two messages. */
  #setDays(): void {
    if (!this.#ends) return;
    const days = (notAfter: number) => (notAfter - this.#clock.now()) / DAY;
    this.#authority.set(days(this.#ends.authority.notAfter));
    this.#certificates.reset();
    for (const [application, { notAfter }] of this.#ends.applications) {
      this.#certificates.set({ application }, days(notAfter));
    }
  }
}
