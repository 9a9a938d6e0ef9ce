import { readFileSync } from "node:fs";

/** USER_HZ is 100 on every architecture that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/** Columns of a `cpu` line in /proc/stat (proc_stat(5)), counted behind its name. */
const COLUMNS = { user: 0, nice: 1, system: 2, steal: 7 } as const;

/**
 * Microseconds that processes, and other guests of the machine, have had a core so far. Without interrupts:
 * whether the kernel counts those to the process as well depends on how it was built.
 */
export function coreMicroseconds(core: number, stat = readFileSync("/proc/stat", "utf8")): number {
  const line = stat.split("\n").find((candidate) => candidate.startsWith(`cpu${core} `));
  if (line === undefined) throw new Error(`/proc/stat knows no core ${core}`);
  const ticks = line.split(" ").slice(1).map(Number);
  return (
    Object.values(COLUMNS).reduce<number>((sum, column) => sum + (ticks[column] ?? 0), 0) *
    MICROSECONDS_PER_TICK
  );
}
