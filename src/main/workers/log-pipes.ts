import { Socket } from "node:net";
import { RELAYED_LOGS, type RelayedLog, type TakeLines } from "../../telemetry/relayed-lines.ts";
import { StreamOutlet } from "../../telemetry/stream-outlet.ts";
import { WholeLines } from "../../telemetry/whole-lines.ts";
import { openSocketPair } from "./socket-pair.ts";

/** Behind stdin, stdout, stderr and the channel for messages. */
const FIRST_PIPE = 4;

/** How much is read at once. Bytes. */
const ROOM = 65_536;

/**
 * Lines of logs go through a pipe for each log: as messages they would be copied and taken apart several times, which
 * cost more than a tenth of a small call. The pipes that `fork` makes take new memory for each piece that they read,
 * 64 KiB for however little: the whole heap was collected twice a second because of it.
 */
export class LogPipes implements Disposable {
  /** What the worker gets, in the order of its descriptors. */
  readonly given: Socket[] = [];
  readonly #ends: Promise<void>[] = [];

  private constructor() {}

  /** Rejects when there are no descriptors left, and leaves none open. */
  static async open(take: TakeLines): Promise<LogPipes> {
    const pipes = new LogPipes();
    try {
      for (const log of RELAYED_LOGS) await pipes.#open((lines) => take(log, lines));
    } catch (error) {
      pipes[Symbol.dispose]();
      throw error;
    }
    return pipes;
  }

  /** Resolves when the worker has closed all of them and everything has been taken. */
  async read(): Promise<void> {
    await Promise.all(this.#ends);
  }

  /** The worker has its own by now, or there is none: what it closes is closed. */
  [Symbol.dispose](): void {
    for (const socket of this.given) socket.destroy();
  }

  async #open(take: (lines: Buffer) => void): Promise<void> {
    const lines = new WholeLines(take);
    const buffer = Buffer.allocUnsafeSlow(ROOM);
    const callback = (length: number) => {
      lines.push(buffer.subarray(0, length));
      return true;
    };
    const { kept, given } = await openSocketPair({ buffer, callback });
    const { promise, resolve } = Promise.withResolvers<void>();
    kept.once("close", resolve);
    this.given.push(given);
    this.#ends.push(promise);
  }
}

/** The worker's end of a pipe. */
export function logPipe(log: RelayedLog): StreamOutlet {
  const fd = FIRST_PIPE + RELAYED_LOGS.indexOf(log);
  return new StreamOutlet(Object.assign(new Socket({ fd, readable: false, writable: true }), { fd }), log);
}
