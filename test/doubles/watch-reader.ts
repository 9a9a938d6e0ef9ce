import assert from "node:assert/strict";
import type { AdminServer } from "./admin-server.ts";
import type { Answered } from "./admin-client.ts";

export interface SeenEvent {
  readonly type: string;
  readonly object: Answered;
}

/** Reads a watch line by line; each wait is for an event or the end, never for time. */
export class WatchReader implements Disposable {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #lines: AsyncGenerator<SeenEvent, void>;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#lines = lines(response);
  }

  static async open(
    server: AdminServer,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<WatchReader> {
    const abort = new AbortController();
    const response = await server.fetch(path, { headers, signal: abort.signal });
    return new WatchReader(response, abort);
  }

  async next(): Promise<SeenEvent> {
    const { value, done } = await this.#lines.next();
    assert(done !== true && value, "the watch ended");
    return value;
  }

  /** The next `count` events as `TYPE name`, BOOKMARK without. */
  async take(count: number): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) {
      const { type, object } = await this.next();
      seen.push(`${type} ${object.metadata["name"] ?? ""}`.trim());
    }
    return seen;
  }

  /** All events to the end of the stream. */
  async rest(): Promise<SeenEvent[]> {
    const seen: SeenEvent[] = [];
    for await (const event of this.#lines) seen.push(event);
    return seen;
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }
}

async function* lines(response: Response): AsyncGenerator<SeenEvent, void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const complete = text.split("\n");
    text = complete.pop() ?? "";
    for (const line of complete) yield JSON.parse(line) as SeenEvent;
  }
  assert.equal(text, "", "the stream ended inside an event");
}
