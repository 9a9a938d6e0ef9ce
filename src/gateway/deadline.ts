/**
 * The one timer of a call. What is waited for changes (the caller's body, the target's head, the next piece
 * of its answer), but there is never more than one thing; re-arming with the same duration only touches the
 * timer that is there.
 */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #milliseconds = 0;
  #expired: () => void = () => {};

  /** Calls `expired` once when nothing re-arms or stops the deadline for that long. */
  arm(milliseconds: number, expired: () => void): void {
    this.#expired = expired;
    if (this.#timer && this.#milliseconds === milliseconds) {
      this.#timer.refresh();
      return;
    }
    this.stop();
    this.#milliseconds = milliseconds;
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    this.#expired();
  }
}
