import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import type { Case } from "../cases.ts";
import type { RunningGateway } from "../contenders/gateway.ts";
import { applyLoad } from "../load/wrk.ts";
import { shown } from "../line.ts";
import { Child } from "../processes/child.ts";

export interface Subject {
  readonly row: Case;
  readonly connections: number;
  readonly gateway: RunningGateway;
}

/** Prints the gateway's system calls per request. Being watched makes it several times slower. */
export async function countSystemCalls(bench: Bench, { row, connections, gateway }: Subject): Promise<void> {
  const origin = row.listener === "compass" ? gateway.compassOrigin : gateway.origin;
  const load = { ...row, url: `${origin}${row.path}`, connections, core: bench.options.loadCore };
  await applyLoad({ ...load, seconds: 2 });
  const summary = join(bench.surroundings.directory, `strace-${row.name}-${connections}`);
  const watched = ["-c", "-f", "-o", summary, "-p", String(gateway.pid)];
  const strace = new Child("strace", watched, { stopSignal: "SIGINT" });
  await wait(500);
  const { requests } = await applyLoad({ ...load, seconds: 3 });
  await strace.stop();
  console.log(`gateway case=${row.name} c=${connections} system calls per request:`);
  for (const { name, calls } of counted(readFileSync(summary, "utf8"))) {
    if (calls / requests >= 0.005) console.log(`  ${name.padEnd(20)} ${shown(calls / requests)}`);
  }
}

/** Lines of `strace -c`: percentage, seconds, microseconds per call, calls, errors (or nothing), name. */
function counted(summary: string): { readonly name: string; readonly calls: number }[] {
  return summary.split("\n").flatMap((line) => {
    const [, calls, name] = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/.exec(line) ?? [];
    return calls === undefined || name === undefined || name === "total"
      ? []
      : [{ name, calls: Number(calls) }];
  });
}
