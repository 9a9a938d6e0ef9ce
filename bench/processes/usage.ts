import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in ticks of 10 ms (USER_HZ is 100 on every architecture that Node runs on). */
const MICROSECONDS_PER_TICK = 10_000;

export interface Usage {
  readonly cpuMicroseconds: number;
  readonly residentMebibytes: number;
}

/** What a process and its children have used so far. */
export function usageOf(pid: number): Usage {
  let cpuMicroseconds = 0;
  let residentKibibytes = 0;
  for (const member of family(pid)) {
    cpuMicroseconds += cpuTicks(member) * MICROSECONDS_PER_TICK;
    residentKibibytes += residentSize(member);
  }
  return { cpuMicroseconds, residentMebibytes: residentKibibytes / 1024 };
}

function family(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statistics(Number(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const members = [pid];
  // The array grows while it is walked: children of children are found too.
  for (const member of members) {
    for (const [child, parent] of parents) if (parent === member) members.push(child);
  }
  return members;
}

function cpuTicks(pid: number): number {
  const fields = statistics(pid);
  return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
}

/** Fields of /proc/PID/stat after the name, which may hold spaces and parentheses: state is 0, ppid 1, utime 11. */
function statistics(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function residentSize(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0);
}

/** A process may end between being listed and being read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
