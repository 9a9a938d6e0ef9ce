import { setTimeout as wait } from "node:timers/promises";
import type { Contender } from "../contenders/contender.ts";

/** Resident size in MiB after five quiet seconds. */
export async function settled(contender: Contender): Promise<number> {
  await wait(5000);
  return contender.usage().residentMebibytes;
}
