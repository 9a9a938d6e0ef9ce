import type { Clock } from "../../core/clock.ts";

export interface PacedWorkOptions {
  /** Brings what the key names up to date. */
  readonly work: (key: string) => Promise<void>;
  /** Of a work that is tried again. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
}

/** Milliseconds until the first work after a rest: several changes of one thing are one work. */
const FIRST_PAUSE = 100;
/** Milliseconds between two rounds, while there is always something wanted. */
const NEXT_PAUSE = 400;
/** Works that are under way together, so that the index may keep what they bring in one go. */
const AT_ONCE = 32;
/** How often a round takes up what its own works want. */
const PASSES = 2;
/** How many times as long as it took a work rests before it is done again for the same key. */
const REST = 20;
/** Milliseconds. The first time takes long, because everything is new; the next will not. */
const LONGEST_REST = 2000;
/** What took less is done again at once. Milliseconds. */
const QUICK = 5;
/** Milliseconds until a work that failed is tried again. */
const RETRY = 5000;

/**
 * Works for all keys that are wanted, in rounds, and for what is wanted again meanwhile once more; never twice at
 * once for the same key. What takes long is not done with every round: an Application with ten thousand services
 * may change a hundred times a second.
 */
export class PacedWork implements AsyncDisposable {
  readonly #options: PacedWorkOptions;
  readonly #wanted = new Set<string>();
  readonly #resting = new Map<string, Disposable>();
  /** Wanted while resting. */
  readonly #again = new Set<string>();
  readonly #closing = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: PacedWorkOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#running === undefined && this.#again.size === 0 && this.#wanted.size === 0;
  }

  want(key: string): void {
    if (this.#isClosed) return;
    if (this.#resting.has(key)) this.#again.add(key);
    else this.#wanted.add(key);
    if (this.#wanted.size > 0) this.#running ??= this.#run();
  }

  /** What is being done is finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#closing.resolve();
    for (const rest of this.#resting.values()) rest[Symbol.dispose]();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let pause = FIRST_PAUSE; this.#wanted.size > 0; pause = NEXT_PAUSE) {
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      await this.#pause(pause);
      for (let pass = 0; pass < PASSES; pass++) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await this.#pass([...this.#wanted]);
      }
      if (this.#isClosed) break;
    }
    this.#running = undefined;
  }

  async #pause(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(milliseconds, resolve);
    await Promise.race([promise, this.#closing.promise]);
  }

  async #pass(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length && !this.#isClosed; start += AT_ONCE) {
      const some = keys.slice(start, start + AT_ONCE);
      for (const key of some) this.#wanted.delete(key);
      // oxlint-disable-next-line no-await-in-loop -- all at once would hold up others
      await Promise.all(some.map((key) => this.#once(key, some.length)));
    }
  }

  /** `together`: how many share the time. */
  async #once(key: string, together: number): Promise<void> {
    const { work, failed, clock } = this.#options;
    const begin = clock.monotonic();
    try {
      await work(key);
      const took = (clock.monotonic() - begin) / together;
      if (took > QUICK) this.#rest(key, Math.min(took * REST, LONGEST_REST));
    } catch (error) {
      if (this.#isClosed) return;
      failed(error);
      this.#again.add(key);
      this.#rest(key, RETRY);
    }
  }

  #rest(key: string, milliseconds: number): void {
    const rest = this.#options.clock.after(milliseconds, () => {
      this.#resting.delete(key);
      if (this.#again.delete(key)) this.want(key);
    });
    this.#resting.set(key, rest);
  }
}
