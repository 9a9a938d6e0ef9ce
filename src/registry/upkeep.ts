import type { Store } from "../stores/store.ts";
import { collectLeftovers } from "./collect-leftovers.ts";
import type { RegistryContext } from "./registry-context.ts";
import { finishChanges } from "./service-changes.ts";

const HOUR = 3_600_000;

/** At start and every hour: finishes what broke off, and then removes what nothing refers to (amendment A10). */
export class Upkeep implements AsyncDisposable {
  readonly #context: RegistryContext;
  readonly #store: Store;
  #timer: Disposable | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(context: RegistryContext, store: Store) {
    this.#context = context;
    this.#store = store;
  }

  /** Resolves when the first round is over; it never rejects. */
  async work(): Promise<void> {
    this.#working = this.#round();
    await this.#working;
    if (!this.#isClosed) this.#timer = this.#context.clock.after(HOUR, () => void this.work());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#working;
  }

  async #round(): Promise<void> {
    const { warn } = this.#context;
    try {
      await finishChanges(this.#context);
      await this.#context.records.collectParts();
      await collectLeftovers(this.#context, this.#store);
    } catch (error) {
      if (!this.#isClosed) warn("what broken changes of services left cannot be put in order yet", { error });
    }
  }
}
