/** Upper bounds in seconds: from an API on the same machine to one that uses up its time limit. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What a histogram has counted, as plain data. */
export interface HistogramCounts {
  /** One more than bounds, not added up: the last one is for everything longer. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** How long something took, in the buckets of a Prometheus histogram. */
export class DurationHistogram implements HistogramCounts {
  readonly counts: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  #sum = 0;

  get sum(): number {
    return this.#sum;
  }

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket++;
    (this.counts[bucket] as number) += 1;
    this.#sum += seconds;
  }

  /** All lines of the series with these labels (`application="shop"`, or none). */
  text(name: string, labels: string): string {
    return histogramText(this, name, labels);
  }
}

export function histogramText({ counts, sum }: HistogramCounts, name: string, labels: string): string {
  const before = labels === "" ? "" : `${labels},`;
  const braces = labels === "" ? "" : `{${labels}}`;
  let total = 0;
  let text = "";
  counts.forEach((count, index) => {
    total += count;
    text += `${name}_bucket{${before}le="${BOUNDS[index] ?? "+Inf"}"} ${total}\n`;
  });
  return `${text}${name}_sum${braces} ${sum}\n${name}_count${braces} ${total}\n`;
}
