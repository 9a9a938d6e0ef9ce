import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "./eventually.ts";
import { parseMetrics, type Sample } from "./parse-metrics.ts";
import type { GatewayProcess } from "./gateway-process.ts";

/** Process ids of the workers of a gateway that serve now, by their numbers, as its log tells them. */
export function workersOf(gateway: GatewayProcess): ReadonlyMap<number, number> {
  const workers = new Map<number, number>();
  for (const line of gateway.output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { message, worker, pid } = JSON.parse(line) as { message?: string; worker?: number; pid?: number };
    if (worker === undefined || pid === undefined) continue;
    if (message === "a worker serves calls") workers.set(worker, pid);
    if (message?.startsWith("a worker has ended")) workers.delete(worker);
  }
  return workers;
}

/** The process id of a worker, once it serves; not `before`, where another one is waited for. */
export function workerOf(gateway: GatewayProcess, number: number, before?: number): Promise<number> {
  return eventually(
    () => {
      const pid = workersOf(gateway).get(number);
      ok(
        pid !== undefined && pid !== before,
        `worker ${number} does not serve:\n${gateway.output.slice(-2000)}`,
      );
      return pid;
    },
    { timeout: 60_000 },
  );
}

/** Whether a process runs: one that has ended and that nobody has asked for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** What a scrape says of one metric. */
export async function scraped(gateway: GatewayProcess, name: string): Promise<readonly Sample[]> {
  const response = await fetch(new URL("/metrics", gateway.address("health and metrics")));
  equal(response.status, 200);
  return parseMetrics(await response.text()).get(name)?.samples ?? [];
}

/** Calls that each worker has served, by its number. */
export async function callsByWorker(gateway: GatewayProcess): Promise<ReadonlyMap<number, number>> {
  const samples = await scraped(gateway, "appconn_worker_calls_total");
  return new Map(samples.map(({ labels, value }) => [Number(labels["worker"]), value]));
}
