export interface ListenersOptions {
  /** The first one listens: from now on there is something to tell. */
  readonly started: () => void;
  /** The last one listens no more. */
  readonly stopped: () => void;
}

/** Those who listen to what is made for nobody else, and costs nothing while nobody listens. */
export class Listeners<Told> {
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #options: ListenersOptions;

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** `listener` is told until disposed of. */
  add(listener: (told: Told) => void): Disposable {
    const isFirst = this.isEmpty;
    this.#listeners.add(listener);
    if (isFirst) this.#options.started();
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(listener) && this.isEmpty) this.#options.stopped();
      },
    };
  }

  tell(told: Told): void {
    for (const listener of this.#listeners) listener(told);
  }
}
