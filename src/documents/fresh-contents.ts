import type { Clock } from "../core/clock.ts";

/** Bytes: several hundred documents, as far as checks are behind when many systems register at once. */
const CAPACITY = 32 * 1024 * 1024;

/** Milliseconds after which nobody will take a content any more: what it belongs to was refused. */
const FORGOTTEN = 60_000;

interface Fresh {
  readonly content: Uint8Array;
  /** In monotonic milliseconds. */
  readonly since: number;
}

/**
 * Contents that have just been put, until somebody takes them. They are taken in the order in which they came, so
 * that it is the latest for which there is no room.
 */
export class FreshContents {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #contents = new Map<string, Fresh>();
  #size = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  add(hash: string, content: Uint8Array): void {
    if (this.#contents.has(hash)) return;
    const since = this.#clock.monotonic();
    for (const [oldest, fresh] of this.#contents) {
      if (fresh.since > since - FORGOTTEN) break;
      this.take(oldest);
    }
    if (this.#size + content.length > CAPACITY) return;
    this.#contents.set(hash, { content, since });
    this.#size += content.length;
  }

  take(hash: string): Uint8Array | undefined {
    const content = this.#contents.get(hash)?.content;
    this.#size -= content?.length ?? 0;
    this.#contents.delete(hash);
    return content;
  }
}
