import { adminAnswered, adminInFlight, type AdminAnswer } from "./channels.ts";
import { DurationHistogram } from "./duration-histogram.ts";
import { familyHead, labelText } from "./prometheus-text.ts";

const PREFIX = "appconn_admin";

/** What is asked of the admin API, counted from the diagnostics channels until disposed of. */
export class AdminMetrics implements Disposable {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, DurationHistogram>();
  readonly #watches = new Map<string, number>();
  #inFlight: number | undefined;
  readonly #answered = (answer: AdminAnswer) => this.#count(answer);
  readonly #moved = ({
    watches,
    delta,
  }: {
    readonly watches: string | undefined;
    readonly delta: number;
  }) => {
    this.#inFlight ??= 0;
    if (watches === undefined) this.#inFlight += delta;
    else this.#watches.set(watches, (this.#watches.get(watches) ?? 0) + delta);
  };

  constructor() {
    adminAnswered.subscribe(this.#answered);
    adminInFlight.subscribe(this.#moved);
  }

  /** Pieces of the Prometheus text format; nothing where nothing was asked. */
  *text(): Generator<string> {
    if (this.#inFlight === undefined) return;
    const requests = `${PREFIX}_requests_total`;
    yield familyHead(
      requests,
      "counter",
      "Answers of the admin API, by what was asked and what was answered.",
    );
    for (const [labels, count] of this.#requests) yield `${requests}{${labels}} ${count}\n`;
    const durations = `${PREFIX}_request_duration_seconds`;
    yield familyHead(
      durations,
      "histogram",
      "Seconds that answers of the admin API took, watches and streams aside.",
    );
    for (const [verb, histogram] of this.#durations) yield histogram.text(durations, labelText({ verb }));
    yield familyHead(`${PREFIX}_inflight`, "gauge", "Requests that are being answered now, watches aside.");
    yield `${PREFIX}_inflight ${this.#inFlight}\n`;
    yield familyHead(`${PREFIX}_watches`, "gauge", "Watches that are open now, by what they watch.");
    for (const [resource, open] of this.#watches) {
      yield `${PREFIX}_watches{${labelText({ resource })}} ${open}\n`;
    }
  }

  [Symbol.dispose](): void {
    adminAnswered.unsubscribe(this.#answered);
    adminInFlight.unsubscribe(this.#moved);
  }

  #count({ verb, resource, code, milliseconds }: AdminAnswer): void {
    const labels = labelText({ verb, resource, code: String(code) });
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    // What goes on until somebody leaves says nothing of how quick answers are.
    if (verb === "watch") return;
    const histogram = this.#durations.get(verb) ?? new DurationHistogram();
    histogram.observe(milliseconds / 1000);
    this.#durations.set(verb, histogram);
  }
}
