import type { ExchangedToken } from "./exchanged-token.ts";
import { ExpiringSlot, type SlotEnvironment } from "./expiring-slot.ts";
import { Slots } from "./slots.ts";

/** Callers whose tokens are kept per credential: some 10 MB at 2 KB each. The one not seen for longest goes first. */
const MOST_CALLERS = 5000;

type ExchangedSlot = ExpiringSlot<ExchangedToken>;

/** What callers' tokens were exchanged for, by the fingerprint of the credential and then by the caller's token. */
export class ExchangedTokens extends Slots<CallerTokens, void> {
  constructor(environment: SlotEnvironment, mostCallers = MOST_CALLERS) {
    super((_, dropped) => new CallerTokens(environment, mostCallers, dropped));
  }
}

/** Those of one credential. */
class CallerTokens {
  readonly #environment: SlotEnvironment;
  readonly #most: number;
  readonly #dropped: () => void;
  /** The least recently used one first. */
  readonly #slots = new Map<string, ExchangedSlot>();
  #ended = false;

  constructor(environment: SlotEnvironment, most: number, dropped: () => void) {
    this.#environment = environment;
    this.#most = most;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#slots.size;
  }

  find(key: string): ExchangedSlot | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot;
  }

  slot(key: string): ExchangedSlot {
    const existing = this.find(key);
    if (existing) return existing;
    const [oldest] = this.#slots.size >= this.#most ? this.#slots.keys() : [];
    if (oldest !== undefined) this.#evict(oldest);
    const slot: ExchangedSlot = new ExpiringSlot(this.#environment, () => {
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
      if (this.#slots.size === 0) this.#dropped();
    });
    if (this.#ended) slot.end();
    this.#slots.set(key, slot);
    return slot;
  }

  end(): void {
    this.#ended = true;
    for (const slot of this.#slots.values()) slot.end();
    if (this.#slots.size === 0) this.#dropped();
  }

  revive(): void {
    this.#ended = false;
    for (const slot of this.#slots.values()) slot.revive();
  }

  close(): void {
    this.#ended = true;
    for (const slot of this.#slots.values()) slot.close();
    this.#dropped();
  }

  /** Whoever waits for it is still served. */
  #evict(key: string): void {
    const slot = this.#slots.get(key);
    this.#slots.delete(key);
    slot?.end();
  }
}
