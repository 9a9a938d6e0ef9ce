/** Upper bounds in seconds: from an API on the same machine to one that uses up its time limit. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What a histogram has counted, as plain data. */
export interface DurationCounts {
  /** One more than bounds, not added up: the last one is for everything longer. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** How long something took, in the buckets of a Prometheus histogram. */
export class DurationHistogram {
  /** One more than bounds, not added up: the last one is for everything longer. */
  readonly #counts: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  #sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket++;
    (this.#counts[bucket] as number) += 1;
    this.#sum += seconds;
  }

  add({ counts, sum }: DurationCounts): void {
    counts.forEach((count, index) => ((this.#counts[index] as number) += count));
    this.#sum += sum;
  }

  get counted(): DurationCounts {
    return { counts: [...this.#counts], sum: this.#sum };
  }

  /** What has been counted since it was last taken. */
  take(): DurationCounts {
    const taken = this.counted;
    this.#counts.fill(0);
    this.#sum = 0;
    return taken;
  }

  /** All lines of the series with these labels (`application="shop"`, or none). */
  text(name: string, labels: string): string {
    const before = labels === "" ? "" : `${labels},`;
    const braces = labels === "" ? "" : `{${labels}}`;
    let total = 0;
    let text = "";
    this.#counts.forEach((count, index) => {
      total += count;
      text += `${name}_bucket{${before}le="${BOUNDS[index] ?? "+Inf"}"} ${total}\n`;
    });
    return `${text}${name}_sum${braces} ${this.#sum}\n${name}_count${braces} ${total}\n`;
  }
}
