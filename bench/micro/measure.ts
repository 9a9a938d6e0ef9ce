import { setImmediate as nextTurn } from "node:timers/promises";
import { formatLine } from "../line.ts";
import { callFinished, type FinishedCall } from "../../src/telemetry/channels.ts";
import { finishedCalls } from "./finished-calls.ts";

const CALLS = 200_000;
/** Calls between two turns of the event loop, as under load. */
const BURST = 200;
const ROUNDS = 5;

/** Publishes calls and prints the CPU time of one, all threads together; the best of several rounds. */
export async function measureCalls(subject: string): Promise<void> {
  const calls = finishedCalls(10_000);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await cpuPerCall(calls));
  const figures = { us: Math.min(...rounds), "us-median": rounds.toSorted((a, b) => a - b)[2] };
  console.log(formatLine({ contender: "micro", case: subject, figures }));
}

/** Microseconds. */
async function cpuPerCall(calls: readonly FinishedCall[]): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < CALLS; index++) {
    callFinished.publish(calls[index % calls.length] as FinishedCall);
    if (index % BURST === 0) await nextTurn();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}
