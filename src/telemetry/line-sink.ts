import type { Clock } from "../core/clock.ts";
import type { Outlet } from "./outlet.ts";

/** From this length on lines are written without waiting for more. Characters. */
const BATCH = 131_072;
/** More is not kept for an outlet that does not take it: then lines are dropped and counted. Characters. */
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

/** Gathers lines and writes them in pieces. Never blocks, never throws, never holds more than a bounded amount. */
export class LineSink {
  readonly #outlet: Outlet;
  readonly #options: LineSinkOptions;
  #waiting = "";
  #waitingLines = 0;
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
    } else if (this.#waiting.length + line.length > MOST_WAITING) {
      this.#dropped++;
    } else {
      this.#waiting += line;
      this.#waitingLines++;
      if (now || this.#waiting.length >= BATCH) this.#start();
      else this.#arm();
    }
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

  /** For the moment of exit: writes what waits, after what is being written. */
  flushNow(): void {
    if (this.#state !== "open" || this.#waiting === "") return;
    this.#outlet.writeNow(Buffer.from(this.#waiting));
    this.#waiting = "";
    this.#waitingLines = 0;
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
    if (this.#chunk || this.#waiting === "") return;
    this.#chunk = Buffer.from(this.#waiting);
    this.#chunkLines = this.#waitingLines;
    this.#waiting = "";
    this.#waitingLines = 0;
    this.#writeChunk(this.#chunk);
  }

  #writeChunk(chunk: Buffer): void {
    this.#outlet.write(chunk, (error, written) => {
      if (error) this.#failed(error, chunk.subarray(written));
      else this.#written();
    });
  }

  #written(): void {
    this.#chunk = undefined;
    this.#chunkLines = 0;
    if (this.#state === "closed") return this.#outlet.close();
    if (this.#state === "failing") {
      this.#state = "open";
      this.#options.onTrouble(undefined);
    }
    if (this.#reopen) this.#reopenNow();
    if (this.#waiting.length >= BATCH || this.#idle.length > 0) this.#start();
    else if (this.#waiting !== "") this.#arm();
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
      this.#waiting = "";
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
