import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../core/clock.ts";
import type { Live } from "../../telemetry/live/live.ts";
import { AdminFailure } from "../admin-failure.ts";
import type { Caller } from "../identity/caller.ts";
import { InFlightLimit } from "../in-flight-limit.ts";
import { PacedResponse } from "../paced-response.ts";
import { readLiveQuery, type LiveQuery } from "./live-query.ts";
import { streamCalls } from "./stream-calls.ts";
import { streamLines } from "./stream-lines.ts";

const HEAD = { "Content-Type": "application/x-ndjson" };

/** Streams at a time. Each of them costs every call a little. */
const MOST_STREAMS = 32;

export interface LiveApiOptions {
  readonly live: Live;
  readonly clock: Clock;
  /** Aborted when the server stops: every stream ends. */
  readonly stopping: AbortSignal;
  readonly surprised: (error: unknown) => void;
}

/** What is below /v1/live. Throws an AdminFailure before the answer has begun. */
export type LiveApi = (request: IncomingMessage, response: ServerResponse, caller: Caller) => void;

type Start = (stream: PacedResponse, query: LiveQuery, options: LiveApiOptions) => void | Promise<void>;

const STREAMS: ReadonlyMap<string, Start> = new Map<string, Start>([
  ["/v1/live/calls", streamCalls],
  ["/v1/live/access", streamLines],
]);

/** Streams of what happens now, as JSON lines: numbers of each API, and access lines. */
export function createLiveApi(options: LiveApiOptions): LiveApi {
  const limit = new InFlightLimit(MOST_STREAMS, "live streams");
  return (request, response, caller) => {
    const [path = "", ...rest] = (request.url ?? "").split("?");
    const start = STREAMS.get(path);
    if (!start) throw new AdminFailure("ADMIN_PATH_UNKNOWN");
    if (request.method !== "GET") {
      response.setHeader("Allow", "GET");
      throw new AdminFailure("ADMIN_METHOD");
    }
    const query = readLiveQuery(new URLSearchParams(rest.join("?")), caller);
    if (query.since !== undefined && !options.live.past) throw new AdminFailure("ADMIN_NO_ACCESS_FILE");
    limit.enter(response);
    const stream = new PacedResponse(response, { ...options, headers: HEAD });
    void run(stream, query, { ...options, start });
  };
}

async function run(
  stream: PacedResponse,
  query: LiveQuery,
  { start, ...options }: LiveApiOptions & { readonly start: Start },
): Promise<void> {
  try {
    await start(stream, query, options);
  } catch (error) {
    options.surprised(error);
    stream.end();
  }
}
