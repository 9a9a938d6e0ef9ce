import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import type { PairingRecords } from "../stores/pairing-records.ts";

const MINUTE = 60_000;
/** Old records are looked for as often, in minutes. */
const HOUR = 60;

export interface UpkeepOptions {
  readonly records: PairingRecords;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Removes what has expired: tokens every minute, records of certificates every hour (connector spec §§8, 9). */
export class Upkeep implements AsyncDisposable {
  readonly #options: UpkeepOptions;
  #timer: Disposable;
  #round = 0;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#timer = this.#next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer[Symbol.dispose]();
    await this.#working;
  }

  #next(): Disposable {
    return this.#options.clock.after(MINUTE, () => {
      this.#working = this.#work().then(() => {
        if (!this.#isClosed) this.#timer = this.#next();
      });
    });
  }

  async #work(): Promise<void> {
    const { records, clock, warn } = this.#options;
    try {
      await records.purgeTokens(clock.now());
      if (this.#round++ % HOUR === 0) await records.dropExpired(clock.now());
    } catch (error) {
      if (!this.#isClosed) warn("expired tokens and records cannot be removed", { reason: reasonOf(error) });
    }
  }
}
