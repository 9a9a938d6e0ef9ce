import type { Bench } from "../bench.ts";
import { measurePipeline } from "../micro/pipeline.ts";

/** Microseconds, for the stages before the first byte goes out. */
const LIMIT = 20;

/** In this process, which is pinned to no core: the shapes compare with each other, not with wrk's figures. */
export async function pipeline(bench: Bench): Promise<void> {
  for (const line of await measurePipeline()) {
    bench.report(line);
    const { median_us: microseconds = 0 } = line.figures;
    if (microseconds > LIMIT) {
      bench.complain(`${line.case}: ${microseconds.toFixed(1)} µs, the limit is ${LIMIT}`);
    }
  }
}
