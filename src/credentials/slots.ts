/** What is kept under one key. */
interface Kept {
  /** Nobody uses the key any more: nothing is kept from now on, and nothing begun but for those who wait. */
  end(): void;
  /** The key is in use again, before what was under way when it ended is over. */
  revive(): void;
  close(): void;
}

/**
 * Slots by key, each of which leaves by itself when it holds nothing: there are never more than are in use.
 * `make` gets what tells the collection that its slot may be forgotten, and the key.
 *
 * Whoever may use a key holds it. A slot ends with the last holder of its key, so that a credential which no
 * configuration names any more is not renewed, however recently it was used.
 */
export class Slots<Slot extends Kept, Source> implements Disposable {
  readonly #make: (source: Source, dropped: () => void, key: string) => Slot;
  readonly #slots = new Map<string, Slot>();
  readonly #holders = new Map<string, number>();
  #closed = false;

  constructor(make: (source: Source, dropped: () => void, key: string) => Slot) {
    this.#make = make;
  }

  /** How many slots hold something or are about to. */
  get size(): number {
    return this.#slots.size;
  }

  /** How many keys are in use, whether there is a slot or not. */
  get keys(): number {
    return this.#holders.size;
  }

  hold(key: string): void {
    const holders = this.#holders.get(key) ?? 0;
    this.#holders.set(key, holders + 1);
    if (holders === 0) this.#slots.get(key)?.revive();
  }

  /** Once for each `hold`. */
  release(key: string): void {
    const holders = this.#holders.get(key) ?? 0;
    if (holders > 1) return void this.#holders.set(key, holders - 1);
    this.#holders.delete(key);
    this.#slots.get(key)?.end();
  }

  isHeld(key: string): boolean {
    return this.#holders.has(key);
  }

  find(key: string): Slot | undefined {
    return this.#slots.get(key);
  }

  /**
   * The slot of that key, made if there is none. Whoever asks fills it at once. Where nobody holds the key, it
   * serves those who ask until it is filled, and keeps nothing.
   */
  slot(key: string, source: Source): Slot {
    const existing = this.#slots.get(key);
    if (existing) return existing;
    const dropped = () => {
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
    };
    const slot: Slot = this.#make(source, dropped, key);
    if (this.#closed) slot.close();
    else {
      if (!this.isHeld(key)) slot.end();
      this.#slots.set(key, slot);
    }
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
