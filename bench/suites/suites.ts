import type { Bench } from "../bench.ts";
import { admin } from "./admin.ts";
import { coldToken } from "./cold-token.ts";
import { headroom } from "./headroom.ts";
import { ingress } from "./ingress.ts";
import { idle, largeEstateSuite } from "./large-estate.ts";
import { pairing } from "./pairing.ts";
import { pipeline } from "./pipeline.ts";
import { propagation } from "./propagation.ts";
import { registry } from "./registry.ts";
import { revocation } from "./revocation.ts";
import { streamingMemory } from "./streaming-memory.ts";
import { warmStart } from "./warm-start.ts";
import { webSockets } from "./web-sockets.ts";
import { workers } from "./workers.ts";

export interface Suite {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  /** What it takes on a quiet machine, without the rounds of a case. */
  readonly seconds: number;
  /** The same of its short form in a smoke run; undefined where it is no part of one. */
  readonly smokeSeconds?: number;
}

/** Each runs on its own too: `--case memory`. */
export const suites: readonly Suite[] = [
  { name: "target", run: headroom, seconds: 7 },
  { name: "pipeline", run: pipeline, seconds: 8, smokeSeconds: 4 },
  { name: "memory", run: streamingMemory, seconds: 8, smokeSeconds: 2 },
  { name: "idle", run: idle, seconds: 7 },
  { name: "start", run: warmStart, seconds: 6, smokeSeconds: 2 },
  { name: "cold-token", run: coldToken, seconds: 4, smokeSeconds: 2 },
  { name: "propagation", run: propagation, seconds: 10, smokeSeconds: 2 },
  { name: "ingress", run: ingress, seconds: 105, smokeSeconds: 7 },
  { name: "pairing", run: pairing, seconds: 12, smokeSeconds: 4 },
  { name: "revocation", run: revocation, seconds: 7, smokeSeconds: 1 },
  { name: "registry", run: registry, seconds: 55, smokeSeconds: 4 },
  { name: "admin", run: admin, seconds: 40, smokeSeconds: 4 },
  { name: "web-sockets", run: webSockets, seconds: 20, smokeSeconds: 2 },
  { name: "workers", run: workers, seconds: 92, smokeSeconds: 5 },
  { name: "estate", run: largeEstateSuite, seconds: 40 },
];
