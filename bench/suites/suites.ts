import type { Bench } from "../bench.ts";
import { coldToken } from "./cold-token.ts";
import { headroom } from "./headroom.ts";
import { ingress } from "./ingress.ts";
import { idle, largeEstateSuite } from "./large-estate.ts";
import { pipeline } from "./pipeline.ts";
import { propagation } from "./propagation.ts";
import { streamingMemory } from "./streaming-memory.ts";
import { warmStart } from "./warm-start.ts";

export interface Suite {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  readonly inSmoke: boolean;
  /** What it takes on a quiet machine, without the rounds of a case. */
  readonly seconds: number;
}

/** Each runs on its own too: `--case memory`. */
export const suites: readonly Suite[] = [
  { name: "target", run: headroom, inSmoke: false, seconds: 7 },
  { name: "pipeline", run: pipeline, inSmoke: true, seconds: 8 },
  { name: "memory", run: streamingMemory, inSmoke: true, seconds: 8 },
  { name: "idle", run: idle, inSmoke: false, seconds: 7 },
  { name: "start", run: warmStart, inSmoke: true, seconds: 6 },
  { name: "cold-token", run: coldToken, inSmoke: true, seconds: 4 },
  { name: "propagation", run: propagation, inSmoke: true, seconds: 10 },
  { name: "ingress", run: ingress, inSmoke: true, seconds: 20 },
  { name: "estate", run: largeEstateSuite, inSmoke: false, seconds: 40 },
];
