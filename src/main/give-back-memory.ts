import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Milliseconds between two looks. */
const INTERVAL = 1000;

/** The share of that time in which anything may have run, if the pause is to disturb nobody. */
const QUIET = 0.02;

/** Bytes in use from which on the pause would be too long for what it gives. */
const LARGE = 96 * 1024 * 1024;

/**
 * Gives back once what the start alone needed, as soon as nothing has happened for a second: V8 lets its young
 * generation grow to 32 MB while a thousand modules are loaded, where everything survives, and keeps the pages
 * for as long as there is too little garbage to collect. It holds the thread for less than a tenth of a second.
 */
export function giveBackMemory(): void {
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    if (utilization > QUIET) return;
    clearInterval(timer);
    if (getHeapStatistics().used_heap_size < LARGE) collect();
  }, INTERVAL).unref();
}

function collect(): void {
  // Only this flavour shrinks the young generation; the flag gives the function to contexts that are made after it.
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as NodeJS.GCFunction;
  gc({ type: "major", flavor: "last-resort" });
  setFlagsFromString("--no-expose-gc");
}
