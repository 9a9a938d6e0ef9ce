import type { ServerResponse } from "node:http";
import type { Clock } from "../../core/clock.ts";

/**
 * How long a reader may take nothing while events wait for it. What waits stays in the store, so a slow
 * reader costs no memory, only its place; it is cut and lists again.
 */
const STALL_LIMIT = 30_000;

/** The answer of a watch: lines that go out at once, at the pace of the reader. */
export class WatchResponse {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    response.on("drain", () => this.#release());
    response.once("close", () => this.#finish());
  }

  /** Aborted when the reader has gone or was cut, or when the answer was ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Sends the head before there is an event: clients wait for it before they start their own clock, and
   * without it `kubectl wait` outlasts its own time-out.
   */
  begin(): void {
    this.#response.writeHead(200, {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache, private",
      "X-Content-Type-Options": "nosniff",
    });
    this.#response.flushHeaders();
  }

  /** Resolves when there is room for more, or when the answer has ended. */
  async write(lines: Uint8Array): Promise<void> {
    if (this.#ended.signal.aborted) return;
    if (this.#response.write(lines)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    using _ = this.#clock.after(STALL_LIMIT, () => this.#cut());
    this.#waiting.push(resolve);
    await promise;
  }

  /** Ends the answer as complete: clients list or watch again without an error. */
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
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
