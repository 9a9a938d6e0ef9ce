/** Characters that all may have together: what a thousand registrations write finds room. */
const CAPACITY = 6 * 1024 * 1024;
/** What is larger is changed more often than it is read twice. */
const LARGEST = 64 * 1024;

/**
 * Texts of objects that were read or written, as they are now: who reads one need not wait for the store's thread.
 * Only what goes through that thread changes objects, and its answers come in the order of what it did: so each of
 * them is told here at once, before the next is looked at. Objects that are not there are not remembered.
 */
export class ReadTexts {
  /** The one used last stands last. */
  readonly #texts = new Map<string, string>();
  #size = 0;

  get(key: string): string | undefined {
    const text = this.#texts.get(key);
    if (text === undefined) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    return text;
  }

  /** What was read or written; undefined where there is no such object, or its text is not known as a whole. */
  read(key: string, text: string | undefined): void {
    this.changed(key);
    if (text === undefined || text.length > LARGEST) return;
    this.#texts.set(key, text);
    this.#size += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#size <= CAPACITY) break;
      this.changed(oldest);
    }
  }

  /** Another text than before, or gone. */
  changed(key: string): void {
    this.#size -= this.#texts.get(key)?.length ?? 0;
    this.#texts.delete(key);
  }

  /** Where it is not known which objects changed: others go with one that goes. */
  anyChanged(): void {
    this.#texts.clear();
    this.#size = 0;
  }
}
