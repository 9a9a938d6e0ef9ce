import type { Clock } from "../../core/clock.ts";

export interface PacedWorkOptions {
  /** Brings what the key names up to date. */
  readonly work: (key: string) => Promise<void>;
  /** Of a work that is tried again. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
}

/** How many times as long as it took a work rests before it is done again for the same key. */
const REST = 20;
/** Milliseconds. The first time takes long, because everything is new; the next will not. */
const LONGEST_REST = 2000;
/** What took less is done again at once. Milliseconds. */
const QUICK = 5;
/** Milliseconds until a work that failed is tried again. */
const RETRY = 5000;

/**
 * Works for one key after the other, and for what is wanted again meanwhile once more. What takes long is not
 * done with every change: an Application with ten thousand services may change a hundred times a second.
 */
export class PacedWork implements AsyncDisposable {
  readonly #options: PacedWorkOptions;
  readonly #wanted = new Set<string>();
  readonly #resting = new Map<string, Disposable>();
  /** Wanted while resting. */
  readonly #again = new Set<string>();
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
    for (const rest of this.#resting.values()) rest[Symbol.dispose]();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whoever wants the first of a hundred keys goes on to want the others.
    await Promise.resolve();
    for (const key of this.#wanted) {
      if (this.#isClosed) break;
      this.#wanted.delete(key);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await this.#once(key);
    }
    this.#running = undefined;
  }

  async #once(key: string): Promise<void> {
    const { work, failed, clock } = this.#options;
    const begin = clock.monotonic();
    try {
      await work(key);
      const took = clock.monotonic() - begin;
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
