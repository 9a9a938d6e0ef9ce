import { systemClock } from "../../src/core/clock.ts";
import { startMetrics } from "../../src/telemetry/metrics.ts";
import { measureCalls } from "./measure.ts";

/** CPU time of counting one call. */
using _ = startMetrics({
  version: "bench",
  durationsPerApplication: true,
  sinks: [],
  clock: systemClock,
});
await measureCalls("metrics");
