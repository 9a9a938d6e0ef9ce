/** So many calls at a time. */
export class ConcurrencyLimit {
  #limit: number;
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Those that are running go on, also where they are too many now. */
  change(limit: number): void {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  enter(): boolean {
    if (this.#running >= this.#limit) return false;
    this.#running++;
    return true;
  }

  /** Once for each `enter` that let a call through. */
  leave(): void {
    this.#running--;
  }
}
