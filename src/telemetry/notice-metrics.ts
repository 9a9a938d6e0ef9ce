import { Counter, Registry } from "prom-client";
import { eventWritten, noticed, type EventWritten, type Notice } from "./channels.ts";

/** What is noticed, by its reason, and what became of the Events of it, until disposed of. */
export class NoticeMetrics implements Disposable {
  readonly #registry = new Registry();
  readonly #subscriptions = new DisposableStack();

  constructor() {
    const registers = [this.#registry];
    const notices = new Counter({
      name: "appconn_notices_total",
      help: "What was noticed about an object, each time that it was seen.",
      labelNames: ["type", "reason"],
      registers,
    });
    const events = new Counter({
      name: "appconn_events_total",
      help: "Writes of Events: written, failed where the store took none, lost where there were too many.",
      labelNames: ["result"],
      registers,
    });
    const count = ({ type, reason }: Notice) => notices.inc({ type, reason });
    const settle = ({ result }: EventWritten) => events.inc({ result });
    noticed.subscribe(count);
    this.#subscriptions.defer(() => noticed.unsubscribe(count));
    eventWritten.subscribe(settle);
    this.#subscriptions.defer(() => eventWritten.unsubscribe(settle));
  }

  /** In the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose();
    this.#registry.clear();
  }
}
