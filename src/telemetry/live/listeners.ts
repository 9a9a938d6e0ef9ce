/** Those who listen to what is made for nobody else, and costs nothing while nobody listens. */
export class Listeners<Told> {
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #watched: (isWatched: boolean) => void;

  /** `watched` is told when the first one listens, and when the last one does no more. */
  constructor(watched: (isWatched: boolean) => void) {
    this.#watched = watched;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** `listener` is told until disposed of. */
  add(listener: (told: Told) => void): Disposable {
    const isFirst = this.isEmpty;
    this.#listeners.add(listener);
    if (isFirst) this.#watched(true);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(listener) && this.isEmpty) this.#watched(false);
      },
    };
  }

  tell(told: Told): void {
    for (const listener of this.#listeners) listener(told);
  }
}
