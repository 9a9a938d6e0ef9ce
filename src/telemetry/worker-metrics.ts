import type { GatewayMetrics } from "./gateway-metrics.ts";
import { familyHead, labelText } from "./prometheus-text.ts";
import type { RelayedCounts } from "./relayed-counts.ts";

/** How things stand with one worker. */
export interface WorkerState {
  /** It serves. */
  readonly isReady: boolean;
  readonly connections: number;
}

/** Why a worker was replaced. */
export type WorkerEnd = "exited" | "killed" | "hung";

/** Where the metrics of workers come from. */
export interface WorkersSource {
  /** Asks all workers for what they have counted and for the metrics of their processes; never rejects. */
  collect(): Promise<readonly string[]>;
  /** By number. */
  states(): ReadonlyMap<number, WorkerState>;
}

/** Metrics of processes that serve calls for this one. What they have counted stays when they end. */
export class WorkerMetrics {
  readonly #gateway: GatewayMetrics;
  readonly #calls = new Map<number, number>();
  readonly #ends: Record<WorkerEnd, number> = { exited: 0, killed: 0, hung: 0 };
  #source: WorkersSource | undefined;

  constructor(gateway: GatewayMetrics) {
    this.#gateway = gateway;
  }

  /** undefined: there are none any more. */
  use(source: WorkersSource | undefined): void {
    this.#source = source;
  }

  add(worker: number, counts: RelayedCounts): void {
    this.#gateway.add(worker, counts);
    this.#calls.set(worker, (this.#calls.get(worker) ?? 0) + callsOf(counts));
  }

  ended(worker: number, end: WorkerEnd): void {
    this.#gateway.left(worker);
    this.#ends[end]++;
  }

  /** Brings everything up to date; answers the texts of the processes. */
  async collect(): Promise<readonly string[]> {
    return (await this.#source?.collect()) ?? [];
  }

  /** Pieces of the Prometheus text format; nothing where there are no workers. */
  *text(): Generator<string> {
    const states = this.#source?.states();
    if (!states) return;
    const each = (value: (state: WorkerState, number: number) => number) => (name: string) =>
      Array.from(states, ([number, state]) => sample(name, { worker: String(number) }, value(state, number)));
    yield family("appconn_worker_ready", "gauge", {
      help: "Whether the worker serves calls.",
      samples: each(({ isReady }) => (isReady ? 1 : 0)),
    });
    yield family("appconn_worker_connections", "gauge", {
      help: "Connections of callers that the worker has now.",
      samples: each(({ connections }) => connections),
    });
    yield family("appconn_worker_calls_total", "counter", {
      help: "Calls that have ended, by the worker that served them.",
      samples: each((_, number) => this.#calls.get(number) ?? 0),
    });
    yield family("appconn_worker_replacements_total", "counter", {
      help: "Workers that ended unasked, by how; each has been replaced.",
      samples: (name) => Object.entries(this.#ends).map(([reason, count]) => sample(name, { reason }, count)),
    });
  }
}

function callsOf({ calls }: RelayedCounts): number {
  let sum = 0;
  for (const { entries } of calls.applications) {
    for (const { counts } of entries) for (const [, count] of counts) sum += count;
  }
  return sum;
}

function family(
  name: string,
  type: "counter" | "gauge",
  { help, samples }: { readonly help: string; readonly samples: (name: string) => readonly string[] },
): string {
  return familyHead(name, type, help) + samples(name).join("");
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  return `${name}{${labelText(labels)}} ${value}\n`;
}
