/** Bytes that all calls together may keep in memory; whoever gets none does without. */
export class MemoryBudget {
  readonly #limit: number;
  #taken = 0;

  /** `limit` in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Answers false, and takes nothing, when that many bytes are not left. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
