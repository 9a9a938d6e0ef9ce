import type { LineSink } from "./line-sink.ts";

/**
 * The last word on closed logs: what was lost is told where logs do not go. It is the most that can be missing:
 * how much of the last piece got through, only its reader knows.
 */
export function tellLostLines(sinks: readonly LineSink[], output: { write(text: string): unknown }): void {
  for (const { name, dropped } of sinks) {
    if (dropped === 0) continue;
    output.write(`warning: ${name} did not take all of its log; lines lost: at most ${dropped}\n`);
  }
}
