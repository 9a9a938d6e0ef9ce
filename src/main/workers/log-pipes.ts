import type { Readable } from "node:stream";
import { Socket } from "node:net";
import { RELAYED_LOGS, type RelayedLog, type TakeLines } from "../../telemetry/relayed-lines.ts";
import { StreamOutlet } from "../../telemetry/stream-outlet.ts";
import { WholeLines } from "../../telemetry/whole-lines.ts";

/** Behind stdin, stdout, stderr and the channel for messages. */
const FIRST_PIPE = 4;

/**
 * Lines of logs go through a pipe for each log: as messages they would be copied and taken apart several times, which
 * cost more than a tenth of a small call.
 */
export const logPipes = RELAYED_LOGS.map(() => "pipe" as const);

/** The worker's end of a pipe. */
export function logPipe(log: RelayedLog): StreamOutlet {
  const fd = FIRST_PIPE + RELAYED_LOGS.indexOf(log);
  return new StreamOutlet(Object.assign(new Socket({ fd, readable: false, writable: true }), { fd }), log);
}

/**
 * The ends of the process that writes the logs, by the descriptors that the worker has. Resolves when the worker has
 * closed all of them and everything has been taken.
 */
export async function readLogPipes(streams: readonly unknown[], take: TakeLines): Promise<void> {
  const ends = RELAYED_LOGS.map((log, index) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lines = new WholeLines((whole) => take(log, whole));
    const stream = streams[FIRST_PIPE + index] as Readable | undefined;
    // A program that could not be started has none.
    if (!stream) resolve();
    stream?.on("data", (chunk: Buffer) => lines.push(chunk)).on("error", () => {});
    stream?.once("close", resolve);
    return promise;
  });
  await Promise.all(ends);
}
