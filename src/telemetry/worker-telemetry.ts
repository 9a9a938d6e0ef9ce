import { Registry, collectDefaultMetrics } from "prom-client";
import type { Clock } from "../core/clock.ts";
import { OUTPUT_PATIENCE } from "../core/output-patience.ts";
import { startAccessLog } from "./access-log.ts";
import { startAudit } from "./audit.ts";
import { GatewayMetrics, type GatewayMetricsOptions } from "./gateway-metrics.ts";
import { LineSink } from "./line-sink.ts";
import type { LogLevelSwitch } from "./log-level.ts";
import { createLog, type Log } from "./log.ts";
import type { RelayedCounts } from "./relayed-counts.ts";
import type { Outlet } from "./outlet.ts";
import type { RelayedLog, WorkerLogs } from "./relayed-lines.ts";
import { startTracing } from "./start-tracing.ts";
import type { Tracing } from "./tracing.ts";

export interface WorkerTelemetryOptions {
  /** From 1 on; whoever takes its place has the same. */
  readonly number: number;
  readonly logs: WorkerLogs;
  /** undefined: nothing is counted. */
  readonly metrics: Pick<GatewayMetricsOptions, "durationsPerApplication"> | undefined;
  readonly tracesEndpoint: string;
  readonly version: string;
}

export interface WorkerSurroundings {
  readonly clock: Clock;
  /** Where the lines of a log go. */
  readonly outlet: (log: RelayedLog) => Outlet;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Telemetry of a process whose logs another one writes, and whose metrics another one gives away. */
export interface WorkerTelemetry extends AsyncDisposable {
  readonly log: Log;
  readonly level: LogLevelSwitch;
  readonly tracing: Tracing | undefined;
  /** What has been counted since it was last taken. */
  takeCounts(): RelayedCounts | undefined;
  /** The metrics of the process itself, in the Prometheus text format. */
  processMetrics(): Promise<string>;
}

export async function startWorkerTelemetry(
  options: WorkerTelemetryOptions,
  { clock, outlet, environment }: WorkerSurroundings,
): Promise<WorkerTelemetry> {
  const { logs, number, metrics, version } = options;
  await using stack = new AsyncDisposableStack();
  const open = (name: RelayedLog) => {
    const { flushInterval } = logs;
    const sink = new LineSink(outlet(name), { flushInterval, clock, onTrouble: () => {} });
    const flushNow = () => sink.flushNow();
    process.on("exit", flushNow);
    stack.defer(async () => {
      await sink.close(OUTPUT_PATIENCE);
      process.off("exit", flushNow);
    });
    return sink;
  };
  const output = open("log");
  const write = (line: string) => output.write(line, true);
  const { log, level } = createLog({ level: logs.level, form: logs.form, write, clock });
  if (logs.access) stack.use(startAccessLog({ sink: open("access"), form: logs.access, clock }));
  if (logs.audit) stack.use(startAudit(open("audit"), clock));
  const { durationsPerApplication = true } = metrics ?? {};
  const gateway = metrics && stack.use(new GatewayMetrics({ durationsPerApplication, clock }));
  const registry = processRegistry(number);
  const tracing = await startTracing(options.tracesEndpoint, { version, environment, clock }, log);
  if (tracing) stack.use(tracing);
  const running = stack.move();
  return {
    log: log.child({ worker: number }),
    level,
    tracing,
    takeCounts: () => gateway?.take(),
    processMetrics: () => registry.metrics(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function processRegistry(number: number): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ worker: String(number) });
  collectDefaultMetrics({ register: registry });
  return registry;
}
