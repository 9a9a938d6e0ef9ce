import type { Bench } from "../bench.ts";
import { measurePipeline } from "../micro/pipeline.ts";

/** In this process, which is pinned to no core: the shapes compare with each other, not with wrk's figures. */
export async function pipeline(bench: Bench): Promise<void> {
  for (const line of await measurePipeline()) bench.report(line);
}
