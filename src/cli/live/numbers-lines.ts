import { setTimeout as delay } from "node:timers/promises";
import type { OpenServer } from "../server/open-server.ts";

export interface NumbersRequest {
  readonly application?: string;
  /** One line, and no more. */
  readonly once?: true;
  /** Seconds that a line is about. */
  readonly interval: number;
}

/** Milliseconds before a stream that the server has ended is opened again. */
const PAUSE = 200;

/** What each API is called and answers, a line for each interval, until the signal is aborted. */
export async function* numbersLines(
  { client }: OpenServer,
  { application, once, interval }: NumbersRequest,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator {
  const query = {
    interval: String(interval),
    ...(application === undefined ? {} : { application }),
    ...(once ? { follow: "false" } : {}),
  };
  for (;;) {
    try {
      yield* client.stream({ path: "/v1/live/calls", query, accept: "application/x-ndjson", signal });
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (once) return;
    // A server that is restarted has ended it: the next request finds out whether one answers.
    // oxlint-disable-next-line no-await-in-loop -- one stream after the other
    await delay(PAUSE, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}
