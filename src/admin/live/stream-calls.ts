import type { Clock } from "../../core/clock.ts";
import { durationQuantile } from "../../telemetry/live/duration-buckets.ts";
import { joinFrames, type LiveFrame, type LiveRow } from "../../telemetry/live/live-frame.ts";
import type { Live } from "../../telemetry/live/live.ts";
import type { PacedResponse } from "../paced-response.ts";
import { concerns, type LiveQuery } from "./live-query.ts";

/** A frame comes a little sooner or later than a second after the one before. */
const ALMOST = 0.5;

/** One line for each interval: what happened to each API within it. A slow reader gets fewer lines about more time. */
export function streamCalls(
  stream: PacedResponse,
  query: LiveQuery,
  { live, clock }: { readonly live: Live; readonly clock: Pick<Clock, "now"> },
): void {
  let gathered: LiveFrame | undefined;
  const listening = live.calls((frame) => {
    const rows = frame.rows.filter((row) => concerns(query, row));
    const shown = { seconds: frame.seconds, rows };
    gathered = gathered ? joinFrames(gathered, shown) : shown;
    if (gathered.seconds < query.interval - ALMOST || stream.isHeldBack) return;
    stream.write(`${JSON.stringify(lineOf(gathered, clock.now()))}\n`);
    gathered = undefined;
    if (!query.follow) stream.end();
  });
  const stop = () => listening[Symbol.dispose]();
  stream.ended.addEventListener("abort", stop, { once: true });
  if (stream.ended.aborted) stop();
}

function lineOf({ seconds, rows }: LiveFrame, now: number): object {
  const calls = rows.toSorted((one, other) => other.calls - one.calls).map(shownRow);
  return { time: new Date(now).toISOString(), seconds: rounded(seconds), calls };
}

/** Durations in milliseconds; null where no call has ended. */
function shownRow({ durations, ...row }: LiveRow): object {
  const quantile = (part: number) => {
    const value = durationQuantile(durations, part);
    return value === undefined ? null : rounded(value);
  };
  return { ...row, p50: quantile(0.5), p99: quantile(0.99) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
