import { documentsSearched, type DocumentSearch } from "./channels.ts";
import { DurationHistogram } from "./duration-histogram.ts";
import { familyHead, labelText } from "./prometheus-text.ts";

/** How many searches there were, and how long they took, from the diagnostics channel until disposed of. */
export class SearchMetrics implements Disposable {
  readonly #results = new Map<string, number>();
  readonly #durations = new DurationHistogram();
  readonly #searched = ({ result, milliseconds }: DocumentSearch) => {
    this.#results.set(result, (this.#results.get(result) ?? 0) + 1);
    this.#durations.observe(milliseconds / 1000);
  };

  constructor() {
    documentsSearched.subscribe(this.#searched);
  }

  /** In the Prometheus text format; nothing where nobody has searched. */
  *text(): Generator<string> {
    if (this.#results.size === 0) return;
    const [searches, durations] = ["appconn_searches_total", "appconn_search_duration_seconds"];
    yield familyHead(searches, "counter", "Searches for services and documents, by what came of them.");
    for (const [result, count] of this.#results) yield `${searches}{${labelText({ result })}} ${count}\n`;
    yield familyHead(durations, "histogram", "Seconds that searches took.");
    yield this.#durations.text(durations, "");
  }

  [Symbol.dispose](): void {
    documentsSearched.unsubscribe(this.#searched);
  }
}
