import { setImmediate as nextTurn } from "node:timers/promises";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Clock } from "../core/clock.ts";
import { AccessMetrics } from "./access-metrics.ts";
import { ConnectorMetrics } from "./connector-metrics.ts";
import { GatewayMetrics } from "./gateway-metrics.ts";
import { mergeFamilies } from "./merge-families.ts";
import { IngressMetrics } from "./ingress-metrics.ts";
import type { LineSink } from "./line-sink.ts";
import { NoticeMetrics } from "./notice-metrics.ts";
import { familyHead, labelText } from "./prometheus-text.ts";
import { RegistryMetrics } from "./registry-metrics.ts";
import { AdminMetrics } from "./admin-metrics.ts";
import { SearchMetrics } from "./search-metrics.ts";
import { storeMetricsText, type StoreFigures } from "./store-metrics.ts";
import { WorkerMetrics } from "./worker-metrics.ts";

/** Characters after which the event loop gets a turn: thousands of Applications fill many megabytes. */
const PIECE = 65_536;

export interface MetricsOptions {
  readonly version: string;
  readonly durationsPerApplication: boolean;
  /** Their lost lines are counted. */
  readonly sinks: readonly LineSink[];
  readonly clock: Clock;
}

export interface ObservedStore {
  figures(): Promise<StoreFigures>;
}

/** All metrics of the process. */
export interface Metrics extends Disposable {
  /** Those of other processes that serve with this one. */
  readonly workers: WorkerMetrics;
  readonly contentType: string;
  /** From now on what this answers is told too. */
  observeStore(store: ObservedStore): void;
  /** The Prometheus text format in pieces, to be written as they come. */
  text(): AsyncGenerator<string>;
}

export function startMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  buildInformation(registry, options.version);
  const gateway = new GatewayMetrics(options);
  const ingress = new IngressMetrics();
  const connector = new ConnectorMetrics(options.clock);
  const applicationRegistry = new RegistryMetrics(options.clock);
  const search = new SearchMetrics();
  const admin = new AdminMetrics();
  const workers = new WorkerMetrics(gateway);
  let store: ObservedStore | undefined;
  const notices = new NoticeMetrics();
  const access = new AccessMetrics();
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    workers,
    observeStore: (observed) => void (store = observed),
    async *text() {
      const others = await workers.collect();
      yield mergeFamilies([await registry.metrics(), ...others]);
      yield* workers.text();
      yield droppedLines(options.sinks);
      yield* piecewise(gateway.text());
      yield* piecewise(ingress.text());
      yield await connector.text();
      yield await applicationRegistry.text();
      yield* search.text();
      yield* admin.text();
      if (store) yield* storeMetricsText(await store.figures());
      yield await notices.text();
      yield await access.text();
    },
    [Symbol.dispose]() {
      gateway[Symbol.dispose]();
      ingress[Symbol.dispose]();
      connector[Symbol.dispose]();
      applicationRegistry[Symbol.dispose]();
      search[Symbol.dispose]();
      admin[Symbol.dispose]();
      notices[Symbol.dispose]();
      access[Symbol.dispose]();
      registry.clear();
    },
  };
}

function buildInformation(registry: Registry, version: string): void {
  const gauge = new Gauge({
    name: "appconn_build_info",
    help: "Always 1; the labels say what is running.",
    labelNames: ["version", "node"],
    registers: [registry],
  });
  gauge.set({ version, node: process.version }, 1);
}

function droppedLines(sinks: readonly LineSink[]): string {
  const name = "appconn_log_lines_dropped_total";
  const lines = sinks.map((sink) => `${name}{${labelText({ destination: sink.name })}} ${sink.dropped}\n`);
  return familyHead(name, "counter", "Log lines that could not be written.") + lines.join("");
}

async function* piecewise(lines: Iterable<string>): AsyncGenerator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
    await nextTurn();
  }
  yield piece;
}
