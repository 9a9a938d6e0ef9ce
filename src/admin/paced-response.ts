import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";

/** How long a reader may take nothing while something waits for it, also the end; then it is cut. Milliseconds. */
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
    const closed = () => {
      stopping.removeEventListener("abort", stop);
      this.#ended.abort();
      this.#drained();
    };
    // A reader who went before the answer began is not told of again.
    if (response.closed) {
      closed();
      return;
    }
    response.on("drain", () => this.#drained());
    response.once("close", closed);
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
    if (!this.#ended.signal.aborted && !this.#response.write(piece)) this.#awaitReader();
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
    if (this.#response.closed) return;
    this.#response.end();
    this.#awaitReader();
  }

  #awaitReader(): void {
    this.#stall ??= this.#clock.after(STALL_LIMIT, () => {
      this.#finish();
      this.#response.destroy();
    });
  }

  #drained(): void {
    this.#stall?.[Symbol.dispose]();
    this.#stall = undefined;
    this.#release();
  }

  #finish(): void {
    this.#ended.abort();
    this.#release();
  }

  #release(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
