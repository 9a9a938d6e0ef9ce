import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";

/** How long a reader may take nothing while something waits for it; then it is cut. Milliseconds. */
const STALL_LIMIT = 30_000;

export interface PacedResponseOptions {
  readonly clock: Pick<Clock, "after">;
  /** Aborted when the server stops: the answer ends as if it were complete. */
  readonly stopping: AbortSignal;
  readonly headers: OutgoingHttpHeaders;
}

/** An answer that goes on, at the pace of its reader, until the reader or the server has enough of it. */
export class PacedResponse {
  readonly #response: ServerResponse;
  readonly #clock: Pick<Clock, "after">;
  readonly #ended = new AbortController();
  #stall: Disposable | undefined;
  #waiting: (() => void)[] = [];

  constructor(response: ServerResponse, { clock, stopping, headers }: PacedResponseOptions) {
    this.#response = response;
    this.#clock = clock;
    const stop = () => this.end();
    stopping.addEventListener("abort", stop, { once: true });
    response.on("drain", () => this.#release());
    response.once("close", () => {
      stopping.removeEventListener("abort", stop);
      this.#finish();
    });
    response.writeHead(200, headers);
    // Before there is anything to send: whoever watches what is quiet wants to know that he does, and without it
    // `kubectl wait` outlasts its own time-out.
    response.flushHeaders();
    if (stopping.aborted) stop();
  }

  /** Aborted when nothing more is taken: the reader has gone or was cut, or the answer was ended. */
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

  /** Never waits: see `drained`. */
  write(piece: string | Uint8Array): void {
    if (this.#ended.signal.aborted || this.#response.write(piece)) return;
    this.#stall ??= this.#clock.after(STALL_LIMIT, () => this.#cut());
  }

  /** Resolves when the reader has taken what there is, or the answer has ended. */
  async drained(): Promise<void> {
    if (!this.isHeldBack || this.#ended.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  /** Ends the answer as complete: whoever reads it asks again without an error. */
  end(): void {
    this.#finish();
    this.#response.end();
  }

  #cut(): void {
    this.#finish();
    this.#response.destroy();
  }

  #finish(): void {
    this.#ended.abort();
    this.#release();
  }

  #release(): void {
    this.#stall?.[Symbol.dispose]();
    this.#stall = undefined;
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
