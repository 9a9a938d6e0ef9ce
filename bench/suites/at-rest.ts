import { setTimeout as wait } from "node:timers/promises";
import type { Contender } from "../contenders/contender.ts";

/** Seconds of the processor in a second below which a process counts as resting. */
const RESTING = 0.03;
/** Seconds after which it is measured all the same. */
const PATIENCE = 30;

/** Resolves when the process has nothing left to do of what it was asked before. */
export async function atRest(contender: Contender): Promise<void> {
  let before = contender.usage().cpuMicroseconds;
  for (let second = 0; second < PATIENCE; second++) {
    // eslint-disable-next-line no-await-in-loop -- it is looked at once a second
    await wait(1000);
    const now = contender.usage().cpuMicroseconds;
    if ((now - before) / 1e6 < RESTING) return;
    before = now;
  }
}
