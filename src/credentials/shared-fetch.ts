import { durationText } from "../core/duration.ts";
import type { Clock } from "../core/clock.ts";

/**
 * One fetch at a time, however many wait for it, unless it is superseded. It has a deadline of its own; a waiter that goes away
 * leaves the others waiting.
 */
export class SharedFetch<Result> {
  readonly #clock: Clock;
  readonly #controllers = new Set<AbortController>();
  #underWay: Promise<Result> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts `fetch` with a signal that is aborted after `timeout` milliseconds, or joins the one under way. */
  join(fetch: (signal: AbortSignal) => Promise<Result>, timeout: number): Promise<Result> {
    return this.#underWay ?? this.#start(fetch, timeout);
  }

  /** Whether whoever joins now would find a fetch. */
  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Whoever joins from now on starts another fetch; those who wait already get what theirs gives. */
  supersede(): void {
    this.#underWay = undefined;
  }

  /** Ends what is under way; those who wait get what it makes of the reason. */
  abort(reason: Error): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }

  #start(fetch: (signal: AbortSignal) => Promise<Result>, timeout: number): Promise<Result> {
    const started = this.#run(fetch, timeout).finally(() => {
      if (this.#underWay === started) this.#underWay = undefined;
    });
    this.#underWay = started;
    return started;
  }

  async #run(fetch: (signal: AbortSignal) => Promise<Result>, timeout: number): Promise<Result> {
    const controller = new AbortController();
    this.#controllers.add(controller);
    const deadline = this.#clock.after(timeout, () =>
      controller.abort(new Error(`no answer within ${durationText(Math.round(timeout))}`)),
    );
    try {
      return await fetch(controller.signal);
    } finally {
      deadline[Symbol.dispose]();
      // Whatever of the exchange is left, such as a body that nobody reads, ends with it.
      controller.abort(new Error("over"));
      this.#controllers.delete(controller);
    }
  }
}

/** Waits for a shared result for as long as `signal` lets; rejects with its reason otherwise. */
export function waitFor<Result>(shared: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) {
      // Perhaps nobody else waits for it, and a rejection that nobody hears of would end the process.
      shared.catch(() => {});
      return giveUp();
    }
    signal.addEventListener("abort", giveUp, { once: true });
    const settled = () => signal.removeEventListener("abort", giveUp);
    shared.finally(settled).then(resolve, reject);
  });
}
