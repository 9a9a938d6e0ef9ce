/** Bytes. Checks are seldom behind what is registered by more than a few documents. */
const CAPACITY = 8 * 1024 * 1024;

/** Contents that have just been put, until somebody takes them; the oldest go first. */
export class FreshContents {
  readonly #contents = new Map<string, Uint8Array>();
  #size = 0;

  add(hash: string, content: Uint8Array): void {
    this.take(hash);
    this.#contents.set(hash, content);
    this.#size += content.length;
    for (const oldest of this.#contents.keys()) {
      if (this.#size <= CAPACITY) break;
      this.take(oldest);
    }
  }

  take(hash: string): Uint8Array | undefined {
    const content = this.#contents.get(hash);
    this.#size -= content?.length ?? 0;
    this.#contents.delete(hash);
    return content;
  }
}
