import { setPriority } from "node:os";

/** As `nice` without a number: about a tenth of the time of others that want the same core. */
const NICENESS = 10;

/**
 * Lets all other threads of the process go first, from this thread on: what can wait is not to hold up calls
 * through the gateway, which share the cores with it. Called in the thread itself. Linux alone counts niceness by
 * thread (setpriority(2), "C library/kernel differences"); elsewhere the whole process would step back.
 */
export function stepBack(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(NICENESS);
  } catch {
    // A sandbox may forbid it. Everything works without.
  }
}
