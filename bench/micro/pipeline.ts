import { fileURLToPath } from "node:url";
import { formatLine, type Line } from "../line.ts";
import { median } from "../statistics.ts";
import { pipelineScene, type PipelineScene } from "./pipeline-scene.ts";

const BATCH = 500;
const BATCHES = 400;
const WARM_UP = 100;

/** Every limit that an API may have, none of which is reached. */
const LIMITS = {
  "appconn.dev/rate-limit": "100000000/s",
  "appconn.dev/concurrency-limit": "1000",
  "appconn.dev/circuit-breaker": "5/30s",
  "appconn.dev/allowed-networks": "127.0.0.0/8, 10.0.0.0/8",
};

/** Sizes of the estate, and over how many of its APIs the calls walk. */
const SHAPES = [
  { name: "pipeline-1x1", applications: 1, services: 1, called: 1 },
  { name: "pipeline-10000x5", applications: 10_000, services: 5, called: 1 },
  { name: "pipeline-10000x5-all", applications: 10_000, services: 5, called: 50_000 },
  { name: "pipeline-limited", applications: 1, services: 1, called: 1, annotations: LIMITS },
] as const;

/**
 * Microseconds from the head of a request to the head of the one that goes out: read, route, resolve,
 * authorise, inject, headers. One shape calls another API each time, so that most of what it looks up is in no
 * cache of the processor; the last one has limits, and shows what they add.
 */
export async function measurePipeline(): Promise<readonly Line[]> {
  await using scenes = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const { name, ...shape } of SHAPES) {
    subjects.push({ name, scene: scenes.use(await pipelineScene(shape)), batches: [] });
  }
  // They take turns, so that what else the machine does meets them all alike.
  for (let batch = -WARM_UP; batch < BATCHES; batch++) {
    for (const { scene, batches } of subjects) {
      const microseconds = runBatch(scene, (batch + WARM_UP) * BATCH);
      if (batch >= 0) batches.push(microseconds);
    }
  }
  return subjects.map(({ name, batches }, index) => ({
    contender: "gateway",
    case: name,
    figures: {
      median_us: median(batches),
      ratio_1x1: index === 0 ? undefined : ratio(batches, subjects[0]?.batches ?? []),
      added_us: name === "pipeline-limited" ? added(batches, subjects[0]?.batches ?? []) : undefined,
    },
  }));
}

/** Batch by batch against the one beside it in time, so that a busy moment of the machine meets both. */
function ratio(batches: readonly number[], others: readonly number[]): number {
  return median(batches.map((batch, index) => batch / (others[index] ?? batch)));
}

function added(batches: readonly number[], others: readonly number[]): number {
  return median(batches.map((batch, index) => batch - (others[index] ?? batch)));
}

interface Subject {
  readonly name: string;
  readonly scene: PipelineScene;
  readonly batches: number[];
}

function runBatch(scene: PipelineScene, from: number): number {
  const begin = performance.now();
  // A stride that shares no factor with the count visits every call, in an order that no cache likes.
  for (let call = 0; call < BATCH; call++) scene.run((from + call) * 7919);
  return ((performance.now() - begin) * 1000) / BATCH;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const line of await measurePipeline()) console.log(formatLine(line));
}
