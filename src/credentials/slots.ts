/**
 * Slots by key, each of which leaves by itself when it holds nothing: there are never more than are in use.
 * `make` gets what tells the collection that its slot may be forgotten.
 */
export class Slots<Slot extends { close(): void }, Source> implements Disposable {
  readonly #make: (source: Source, dropped: () => void) => Slot;
  readonly #slots = new Map<string, Slot>();
  #closed = false;

  constructor(make: (source: Source, dropped: () => void) => Slot) {
    this.#make = make;
  }

  /** How many slots hold something or are about to. */
  get size(): number {
    return this.#slots.size;
  }

  find(key: string): Slot | undefined {
    return this.#slots.get(key);
  }

  /** The slot of that key, made if there is none. Whoever asks fills it at once. */
  slot(key: string, source: Source): Slot {
    const existing = this.#slots.get(key);
    if (existing) return existing;
    const slot: Slot = this.#make(source, () => {
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
    });
    if (this.#closed) slot.close();
    else this.#slots.set(key, slot);
    return slot;
  }

  /** Forgets everything, ends what is under way and stops the timers. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#slots.values()) slot.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
