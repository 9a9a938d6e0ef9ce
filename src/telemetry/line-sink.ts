import type { Clock } from "../core/clock.ts";
import type { Outlet } from "./outlet.ts";

/** From this length on lines are written without waiting for more. Bytes. */
const BATCH = 131_072;
/** Room for a batch and the line that completes it. Bytes. */
const ROOM = 2 * BATCH;
/** UTF-8 needs at most so many bytes for a character of a string. */
const WIDEST = 3;
const LINE_FEED = 0x0a;
/** More is not kept for an outlet that does not take it: then lines are dropped and counted. Bytes. */
const MOST_WAITING = 4 * 1024 * 1024;
/** How long to wait before writing to a full disk again. Milliseconds. */
const RETRY = 1000;

export interface LineSinkOptions {
  /** How long a line may wait for others. Milliseconds. */
  readonly flushInterval: number;
  readonly clock: Clock;
  /** Called when writing begins to fail, and with undefined when it works again. */
  readonly onTrouble: (error: Error | undefined) => void;
}

/**
 * Gathers lines and writes them in pieces. Never blocks, never throws, never holds more than a bounded amount.
 * Lines become bytes at once: as strings that wait together they would outlive each collection of young objects,
 * and copying them from one to the next cost a sixth of the time of small calls, in pauses of 15 ms.
 */
export class LineSink {
  readonly #outlet: Outlet;
  readonly #options: LineSinkOptions;
  #waiting: Buffer = Buffer.allocUnsafeSlow(ROOM);
  /** Bytes of `#waiting` that are lines. */
  #length = 0;
  #waitingLines = 0;
  /** Takes the place of `#waiting` while that is being written. */
  #spare: Buffer | undefined;
  /** Being written, or waiting to be tried again. */
  #chunk: Buffer | undefined;
  #chunkLines = 0;
  #timer: Disposable | undefined;
  #state: "open" | "failing" | "broken" | "closed" = "open";
  #reopen = false;
  #dropped = 0;
  #idle: (() => void)[] = [];

  constructor(outlet: Outlet, options: LineSinkOptions) {
    this.#outlet = outlet;
    this.#options = options;
  }

  get name(): string {
    return this.#outlet.name;
  }

  /** Lines that were lost, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `line` ends with a line feed. `now`: it does not wait for others. */
  write(line: string, now = false): void {
    if (this.#state === "broken" || this.#state === "closed") {
      this.#dropped++;
    } else if (this.#length + line.length > MOST_WAITING) {
      this.#dropped++;
    } else {
      this.#keep(line);
      if (now || this.#length >= BATCH) this.#start();
      else this.#arm();
    }
  }

  /** Whole lines that another process has gathered; `bytes` are not kept. */
  writeLines(bytes: Buffer): void {
    const isLost = this.#state === "broken" || this.#state === "closed";
    const lines = linesIn(bytes);
    if (isLost || this.#length + bytes.length > MOST_WAITING) {
      this.#dropped += lines;
      return;
    }
    this.#makeRoom(bytes.length);
    this.#waiting.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#waitingLines += lines;
    // They have waited already.
    this.#start();
  }

  /** Opens the file again as soon as what is being written has been written. */
  reopen(): void {
    this.#reopen = true;
    if (!this.#chunk) this.#reopenNow();
  }

  /** Writes what waits, for at most `patience` milliseconds; what is left then is dropped. */
  async close(patience: number): Promise<void> {
    if (this.#state === "closed") return;
    this.#start();
    if (this.#chunk) await this.#untilIdle(patience);
    const open = this.#state !== "broken";
    this.#state = "closed";
    this.#timer?.[Symbol.dispose]();
    this.#dropped += this.#chunkLines + this.#waitingLines;
    // A write that hangs still uses the descriptor; the end of the process closes it.
    if (open && !this.#chunk) this.#outlet.close();
  }

  /** Resolves when what waits now has been written, or `patience` milliseconds have passed. */
  async flush(patience: number): Promise<void> {
    this.#start();
    if (this.#chunk) await this.#untilIdle(patience);
  }

  /** For the moment of exit: writes what waits, after what is being written. */
  flushNow(): void {
    if (this.#state !== "open" || this.#length === 0) return;
    this.#outlet.writeNow(this.#waiting.subarray(0, this.#length));
    this.#length = 0;
    this.#waitingLines = 0;
  }

  #keep(line: string): void {
    this.#makeRoom(line.length * WIDEST);
    this.#length += this.#waiting.write(line, this.#length, "utf8");
    this.#waitingLines++;
  }

  #makeRoom(bytes: number): void {
    const most = this.#length + bytes;
    if (most <= this.#waiting.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#waiting.length, most));
    this.#waiting.copy(larger, 0, 0, this.#length);
    this.#waiting = larger;
  }

  async #untilIdle(patience: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    using _ = this.#options.clock.after(patience, resolve);
    await promise;
  }

  #arm(): void {
    this.#timer ??= this.#options.clock.after(this.#options.flushInterval, () => {
      this.#timer = undefined;
      this.#start();
    });
  }

  #start(): void {
    if (this.#chunk || this.#length === 0) return;
    const full = this.#waiting;
    this.#chunk = full.subarray(0, this.#length);
    this.#chunkLines = this.#waitingLines;
    this.#waiting = this.#spare ?? Buffer.allocUnsafeSlow(ROOM);
    this.#spare = undefined;
    this.#length = 0;
    this.#waitingLines = 0;
    this.#writeChunk(this.#chunk);
  }

  #writeChunk(chunk: Buffer): void {
    this.#outlet.write(chunk, (error, written) => {
      if (error) this.#failed(error, chunk.subarray(written));
      else this.#written(chunk);
    });
  }

  #written({ buffer }: Buffer): void {
    // A larger one was an exception and goes.
    if (buffer.byteLength === ROOM) this.#spare = Buffer.from(buffer);
    this.#chunk = undefined;
    this.#chunkLines = 0;
    if (this.#state === "closed") return this.#outlet.close();
    if (this.#state === "failing") {
      this.#state = "open";
      this.#options.onTrouble(undefined);
    }
    if (this.#reopen) this.#reopenNow();
    if (this.#length >= BATCH || this.#idle.length > 0) this.#start();
    else if (this.#length > 0) this.#arm();
    if (!this.#chunk) this.#becomeIdle();
  }

  #failed(error: Error, rest: Buffer): void {
    const news = this.#state === "open";
    if (this.#outlet.recovers) {
      if (news) this.#state = "failing";
      this.#chunk = rest;
      if (this.#state !== "closed") this.#options.clock.after(RETRY, () => this.#writeChunk(rest));
    } else {
      this.#state = "broken";
      this.#dropped += this.#chunkLines + this.#waitingLines;
      this.#chunk = undefined;
      this.#chunkLines = this.#waitingLines = 0;
      this.#length = 0;
      this.#becomeIdle();
    }
    if (news) this.#options.onTrouble(error);
  }

  #becomeIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #reopenNow(): void {
    this.#reopen = false;
    try {
      this.#outlet.reopen();
    } catch (error) {
      this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
