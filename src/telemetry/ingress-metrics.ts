import {
  handshakeRefused,
  ingressConnections,
  ingressRequestFinished,
  type HandshakeRefused,
  type IngressListener,
  type IngressRequest,
} from "./channels.ts";
import { familyHead, labelText } from "./prometheus-text.ts";

const PREFIX = "appconn_ingress";

/** Who comes in and who is turned away, counted from the diagnostics channels until disposed of. */
export class IngressMetrics implements Disposable {
  readonly #requests = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #handshakes = new Map<string, number>();
  readonly #connections = new Map<IngressListener, number>();
  readonly #subscriptions = new DisposableStack();

  constructor() {
    const finished = ({ listener, status, failure }: IngressRequest) => {
      count(this.#requests, { listener, code: String(status) });
      if (failure !== undefined) count(this.#refusals, { listener, failure });
    };
    const refused = ({ listener, reason }: HandshakeRefused) => count(this.#handshakes, { listener, reason });
    const changed = ({ listener, delta }: { listener: IngressListener; delta: number }) => {
      this.#connections.set(listener, (this.#connections.get(listener) ?? 0) + delta);
    };
    ingressRequestFinished.subscribe(finished);
    this.#subscriptions.defer(() => ingressRequestFinished.unsubscribe(finished));
    handshakeRefused.subscribe(refused);
    this.#subscriptions.defer(() => handshakeRefused.unsubscribe(refused));
    ingressConnections.subscribe(changed);
    this.#subscriptions.defer(() => ingressConnections.unsubscribe(changed));
  }

  /** Pieces of the Prometheus text format; nothing where the process has no ingress. */
  *text(): Generator<string> {
    if (this.#connections.size === 0 && this.#requests.size === 0 && this.#handshakes.size === 0) return;
    yield* family("requests_total", "Requests that were answered.", this.#requests);
    yield* family("refusals_total", "Requests that the ingress itself refused.", this.#refusals);
    yield* family("handshakes_refused_total", "TLS handshakes that came to nothing.", this.#handshakes);
    yield familyHead(`${PREFIX}_connections`, "gauge", "Connections that are open now.");
    for (const [listener, open] of this.#connections) {
      yield `${PREFIX}_connections{${labelText({ listener })}} ${open}\n`;
    }
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose();
  }
}

function count(counts: Map<string, number>, labels: Readonly<Record<string, string>>): void {
  const text = labelText(labels);
  counts.set(text, (counts.get(text) ?? 0) + 1);
}

function* family(name: string, help: string, counts: ReadonlyMap<string, number>): Generator<string> {
  yield familyHead(`${PREFIX}_${name}`, "counter", help);
  for (const [labels, value] of counts) yield `${PREFIX}_${name}{${labels}} ${value}\n`;
}
