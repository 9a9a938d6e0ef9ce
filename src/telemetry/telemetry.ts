import { resolve } from "node:path";
import { isatty } from "node:tty";
import { systemClock, type Clock } from "../core/clock.ts";
import { startAccessLog, type AccessLogOptions } from "./access-log.ts";
import { startAudit } from "./audit.ts";
import { startHandshakeLog } from "./handshake-log.ts";
import { AccessHistory } from "./live/access-history.ts";
import { startLive, type Live } from "./live/live.ts";
import { LogDestinations, type StandardOutput } from "./log-destinations.ts";
import type { LineSink } from "./line-sink.ts";
import { WatchedLogLevel } from "./log-level.ts";
import { createLog, type Log, type LogOptions } from "./log.ts";
import { startMetrics, type Metrics } from "./metrics.ts";
import type { TelemetryOptions } from "./options.ts";
import { startPairingLog } from "./pairing-log.ts";
import type { TakeLines, WorkerLogs } from "./relayed-lines.ts";
import { startRegistryLog } from "./registry-log.ts";
import { tellLostLines } from "./tell-lost-lines.ts";
import { startTokenWarnings } from "./token-warnings.ts";
import { startTracing } from "./start-tracing.ts";
import type { Tracing } from "./tracing.ts";

/** What surrounds the process that telemetry watches. */
export interface Surroundings {
  /** Relative log files are in here; it exists. */
  readonly dataDirectory: string;
  /** Of the product, for build information and spans. */
  readonly version: string;
  readonly clock?: Clock;
  readonly stdout?: StandardOutput;
  /** Hears at the end how many lines of logs were lost. */
  readonly stderr?: { write(text: string): unknown };
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface RelayedLogs {
  readonly logs: WorkerLogs;
  /** Writes lines of another process. */
  readonly take: TakeLines;
}

export interface Telemetry extends AsyncDisposable {
  readonly log: Log;
  readonly level: WatchedLogLevel;
  /** undefined where metrics are turned off. */
  readonly metrics: Metrics | undefined;
  /** undefined where no collector is configured. */
  readonly tracing: Tracing | undefined;
  readonly live: Live;
  /** For processes that relay their lines to this one. */
  readonly relayed: RelayedLogs;
  /** Opens the log files again by their names, after they were moved (logrotate). SIGHUP does it too. */
  reopen(): void;
  /** Stops listening to the channels and writes what waits, for a few seconds at most. */
  close(): Promise<void>;
}

/**
 * Starts logs, audit, metrics and traces. Rejects with a Failure when a log file cannot be opened or the
 * collector's address is none.
 */
export async function startTelemetry(
  options: TelemetryOptions,
  surroundings: Surroundings,
): Promise<Telemetry> {
  const stack = new AsyncDisposableStack();
  try {
    const started = await startParts(options, surroundings, stack);
    return {
      ...started,
      close: () => stack.disposeAsync(),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

type Parts = Pick<Telemetry, "log" | "level" | "metrics" | "tracing" | "live" | "relayed" | "reopen">;

async function startParts(
  options: TelemetryOptions,
  surroundings: Surroundings,
  stack: AsyncDisposableStack,
): Promise<Parts> {
  const { clock = systemClock, stdout = process.stdout, environment = process.env, version } = surroundings;
  const { dataDirectory: directory, stderr = process.stderr } = surroundings;
  const onTrouble = (sink: LineSink, error: Error | undefined) => reportTrouble(log, sink, error);
  const destinations = new LogDestinations({ ...options.files, directory, stdout, clock, onTrouble });
  stack.defer(async () => {
    await destinations.close();
    tellLostLines(destinations.sinks, stderr);
  });
  const output = destinations.open("stdout", "telemetry.log");
  const form = formOf(options.log.format, stdout, environment);
  const write = (line: string) => output.write(line, true);
  const { log, level: threshold } = createLog({ level: options.log.level, form, write, clock });
  const level = new WatchedLogLevel(threshold);
  stack.use(startTokenWarnings(log));
  stack.use(startHandshakeLog(log, clock));
  stack.use(startPairingLog(log));
  stack.use(startRegistryLog(log));
  const access = openAccessLog(options, destinations, form);
  if (access) stack.use(startAccessLog({ ...access, clock }));
  const audit = openAudit(options, destinations);
  if (audit) stack.use(startAudit(audit, clock));
  const metrics = options.metrics.enabled
    ? stack.use(startMetrics({ ...options.metrics, version, sinks: destinations.sinks, clock }))
    : undefined;
  const tracing = await startTracing(options.traces.endpoint, { version, environment, clock }, log);
  if (tracing) stack.use(tracing);
  const reopen = () => destinations.reopen();
  stack.use(reopenOnHangUp(reopen));
  const live = startLive(clock, historyOf(options, directory, access));
  const { flushInterval } = options.files;
  const logs = {
    level: options.log.level,
    form,
    access: access?.form,
    audit: audit !== undefined,
    flushInterval,
  };
  const sinks = { log: output, access: access?.sink, audit };
  const take: TakeLines = (of, lines) => sinks[of]?.writeLines(lines);
  return { log, level, metrics, tracing, live, relayed: { logs, take }, reopen };
}

function openAccessLog(
  { accessLog: { enabled, destination } }: TelemetryOptions,
  destinations: LogDestinations,
  form: LogOptions["form"],
): Pick<AccessLogOptions, "sink" | "form"> | undefined {
  if (!enabled) return undefined;
  const sink = destinations.open(destination, "telemetry.accessLog.destination");
  return { sink, form: destination === "stdout" && form !== "json" ? "text" : "json" };
}

/** What was written to a file can be read again. */
function historyOf(
  { accessLog: { destination } }: TelemetryOptions,
  directory: string,
  access: Pick<AccessLogOptions, "sink"> | undefined,
): AccessHistory | undefined {
  if (!access || destination === "stdout") return undefined;
  return new AccessHistory({ path: resolve(directory, destination), sink: access.sink });
}

function openAudit(
  { audit: { destination } }: TelemetryOptions,
  destinations: LogDestinations,
): LineSink | undefined {
  return destination === "off" ? undefined : destinations.open(destination, "telemetry.audit.destination");
}

function formOf(
  format: TelemetryOptions["log"]["format"],
  stdout: StandardOutput,
  environment: Readonly<Record<string, string | undefined>>,
): LogOptions["form"] {
  if (format === "json" || (format === "auto" && stdout.isTTY !== true)) return "json";
  // https://no-color.org
  return stdout.isTTY === true && !environment["NO_COLOR"] ? "coloured" : "terminal";
}

function reportTrouble(log: Log, sink: LineSink, error: Error | undefined): void {
  const fields = { destination: sink.name, droppedLines: sink.dropped };
  if (error)
    log.warn("a log cannot be written; lines that do not fit into memory are lost", { ...fields, error });
  else log.info("the log is written again", fields);
}

/** Not where a terminal is attached: there SIGHUP means that it was closed, and the process has to end. */
function reopenOnHangUp(reopen: () => void): Disposable {
  if ([0, 1, 2].some((descriptor) => isatty(descriptor))) return { [Symbol.dispose]: () => {} };
  process.on("SIGHUP", reopen);
  return { [Symbol.dispose]: () => void process.off("SIGHUP", reopen) };
}
