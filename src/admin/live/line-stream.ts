import type { ServerResponse } from "node:http";
import type { Clock } from "../../core/clock.ts";

/** How long a reader may take nothing while lines wait for it. Milliseconds. */
const STALL_LIMIT = 30_000;

/** An answer of JSON lines that goes on until its reader or the server has enough of it. */
export class LineStream {
  readonly #response: ServerResponse;
  readonly #clock: Pick<Clock, "after">;
  readonly #ended = new AbortController();
  #stall: Disposable | undefined;
  #waiting: (() => void)[] = [];

  constructor(response: ServerResponse, clock: Pick<Clock, "after">, stopping: AbortSignal) {
    this.#response = response;
    this.#clock = clock;
    const stop = () => this.end();
    stopping.addEventListener("abort", stop, { once: true });
    response.on("drain", () => this.#drained());
    response.once("close", () => {
      stopping.removeEventListener("abort", stop);
      this.#stall?.[Symbol.dispose]();
      this.#ended.abort();
      this.#release();
    });
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    // Whoever watches a quiet gateway wants to know that he does.
    response.flushHeaders();
    if (stopping.aborted) stop();
  }

  /** Aborted when nothing more is taken. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Bytes that the reader has not taken yet. */
  get unread(): number {
    return this.#response.writableLength;
  }

  get isHeldBack(): boolean {
    return this.#response.writableNeedDrain;
  }

  /** `text` ends with a line feed. */
  write(text: string): void {
    if (this.#ended.signal.aborted || this.#response.write(text)) return;
    this.#stall ??= this.#clock.after(STALL_LIMIT, () => this.#response.destroy());
  }

  /** Resolves when the reader has taken what there is, or has gone. */
  async drained(): Promise<void> {
    if (!this.isHeldBack || this.#ended.signal.aborted) return;
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  end(): void {
    this.#ended.abort();
    this.#release();
    this.#response.end();
  }

  #drained(): void {
    this.#stall?.[Symbol.dispose]();
    this.#stall = undefined;
    this.#release();
  }

  #release(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
