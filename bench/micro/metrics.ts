import { systemClock } from "../../src/core/clock.ts";
import { callFinished } from "../../src/telemetry/channels.ts";
import { startMetrics, type Metrics } from "../../src/telemetry/metrics.ts";
import { formatLine } from "../line.ts";
import { finishedCall } from "./finished-calls.ts";
import { measureCalls } from "./measure.ts";

const APPLICATIONS = 10_000;
const SERVICES = 5;

/** CPU time of counting one call, then what a large estate whose APIs are all called costs to show. */
using metrics = startMetrics({
  version: "bench",
  durationsPerApplication: true,
  sinks: [],
  clock: systemClock,
});
await measureCalls("metrics");
await measureEstate(metrics);

async function measureEstate(counted: Metrics): Promise<void> {
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < APPLICATIONS * SERVICES; index++) {
    const application = `application-${Math.floor(index / SERVICES)}`;
    callFinished.publish(
      finishedCall({ application, service: `service-${index % SERVICES}`, entry: "api" }, 0),
    );
  }
  const kept = process.memoryUsage().heapUsed - before;
  const cpu = process.cpuUsage();
  let bytes = 0;
  for await (const piece of counted.text()) bytes += piece.length;
  const { user, system } = process.cpuUsage(cpu);
  const mebibyte = 1024 * 1024;
  const figures = { ms: (user + system) / 1000, "text-mib": bytes / mebibyte, "heap-mib": kept / mebibyte };
  console.log(formatLine({ contender: "micro", case: "metrics-10000x5", figures }));
}
