/** A worker that lived for so long did not end because of its start. Milliseconds. */
const SETTLED = 30_000;

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/**
 * How long to wait before a worker is replaced: not at all the first time, then longer and longer where it does not live
 * long. All times in milliseconds.
 */
export class RestartPause {
  #shortLives = 0;

  next(lifetime: number): number {
    if (lifetime >= SETTLED) this.#shortLives = 0;
    const pause = this.#shortLives === 0 ? 0 : FIRST_PAUSE * 2 ** (this.#shortLives - 1);
    this.#shortLives = Math.min(this.#shortLives + 1, 20);
    return Math.min(pause, LONGEST_PAUSE);
  }
}
