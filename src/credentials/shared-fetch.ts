import { durationText } from "../config/setting.ts";
import type { Clock } from "../core/clock.ts";

/**
 * One fetch at a time, however many wait for it. It has a deadline of its own; a waiter that goes away
 * leaves the others waiting.
 */
export class SharedFetch<Result> {
  readonly #clock: Clock;
  #underWay: Promise<Result> | undefined;
  #controller: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Starts `fetch` with a signal that is aborted after `timeout` milliseconds, or joins the one under way. */
  join(fetch: (signal: AbortSignal) => Promise<Result>, timeout: number): Promise<Result> {
    this.#underWay ??= this.#run(fetch, timeout).finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /** Ends the fetch under way; those who wait get what it makes of the reason. */
  abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  async #run(fetch: (signal: AbortSignal) => Promise<Result>, timeout: number): Promise<Result> {
    const controller = new AbortController();
    this.#controller = controller;
    const deadline = this.#clock.after(timeout, () =>
      controller.abort(new Error(`no answer within ${durationText(Math.round(timeout))}`)),
    );
    try {
      return await fetch(controller.signal);
    } finally {
      deadline[Symbol.dispose]();
      // Whatever of the exchange is left, such as a body that nobody reads, ends with it.
      controller.abort(new Error("over"));
    }
  }
}

/** Waits for a shared result for as long as `signal` lets; rejects with its reason otherwise. */
export function waitFor<Result>(shared: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    const settled = () => signal.removeEventListener("abort", giveUp);
    shared.finally(settled).then(resolve, reject);
  });
}
