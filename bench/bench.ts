import type { Surroundings } from "./contenders/contender.ts";
import type { Line } from "./line.ts";
import type { BenchOptions } from "./options.ts";
import type { Progress } from "./progress.ts";

/** What every suite of a run shares. */
export interface Bench {
  readonly options: BenchOptions;
  readonly surroundings: Surroundings;
  /** Paths of the comparators; undefined ones are not installed. */
  readonly programs: { readonly nginx: string | undefined; readonly haproxy: string | undefined };
  readonly progress: Progress;
  /** Prints a line and keeps it for the history. */
  report(line: Line): void;
  /** Prints what went wrong; the run goes on and ends with status 1. */
  complain(problem: string): void;
}
