import assert from "node:assert/strict";
import type { AdminServer } from "./admin-server.ts";

/** Reads an answer of JSON lines that goes on; each wait is for a line or the end, never for time. */
export class StreamReader implements Disposable {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #lines: AsyncGenerator<string, void>;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#lines = lines(response);
  }

  static async open(
    server: Pick<AdminServer, "fetch">,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<StreamReader> {
    const abort = new AbortController();
    const response = await server.fetch(path, { headers, signal: abort.signal });
    assert.equal(response.status, 200, response.status === 200 ? "" : await response.text());
    return new StreamReader(response, abort);
  }

  async nextText(): Promise<string> {
    const { value, done } = await this.#lines.next();
    assert(done !== true && value !== undefined, "the stream ended");
    return value;
  }

  async next(): Promise<unknown> {
    return JSON.parse(await this.nextText()) as unknown;
  }

  /** Whether it ended with nothing more to come. */
  async ended(): Promise<boolean> {
    return (await this.#lines.next()).done === true;
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }
}

async function* lines(response: Response): AsyncGenerator<string, void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    yield* whole;
  }
}
