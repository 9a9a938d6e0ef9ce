import { setTimeout as pause } from "node:timers/promises";
import { applicationKind, type Application, type ApplicationService } from "../core/resources/application.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection, Store } from "../stores/store.ts";
import type { LatestApplications } from "./latest-applications.ts";
import { isRefused, type Refused } from "./refused.ts";
import { AS_REGISTRY } from "./as-registry.ts";

/**
 * What a change makes of the services of an Application, or of more of it, or why it may not be. The same array
 * says that nothing is to change. It may be asked again, with what another writer has left.
 */
export type Mutation = (application: Application) => readonly ApplicationService[] | Application | Refused;

/** undefined where there is no such Application. */
export type Written = Application | Refused | undefined;

interface Waiting {
  readonly mutation: Mutation;
  readonly settle: PromiseWithResolvers<Written>;
}

/** Times that a change meets another process' writes before it gives up. */
const TRIES = 30;
/** Longest pause between two of them, in milliseconds. */
const LONGEST_PAUSE = 100;

/**
 * Changes the services of Applications. What waits for the same Application is written in one go: an Application
 * with thousands of services is large, and each write of it is a write of the whole.
 */
export class ApplicationWriter {
  readonly #latest: LatestApplications;
  readonly #collection: Collection<Application>;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(store: Store, latest: LatestApplications) {
    this.#latest = latest;
    this.#collection = store.collection<Application>(applicationKind, AS_REGISTRY);
  }

  /** Resolves when the change is durable. */
  change(name: string, mutation: Mutation): Promise<Written> {
    const settle = Promise.withResolvers<Written>();
    const queue = this.#waiting.get(name);
    if (queue) queue.push({ mutation, settle });
    else {
      this.#waiting.set(name, [{ mutation, settle }]);
      void this.#work(name);
    }
    return settle.promise;
  }

  async #work(name: string): Promise<void> {
    for (;;) {
      // Whatever comes in this turn goes along.
      // eslint-disable-next-line no-await-in-loop -- one write of an Application after the other
      await Promise.resolve();
      const batch = this.#waiting.get(name) ?? [];
      if (batch.length === 0) return void this.#waiting.delete(name);
      this.#waiting.set(name, []);
      // eslint-disable-next-line no-await-in-loop
      await this.#writeAll(name, batch);
    }
  }

  async #writeAll(name: string, batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#write(name, batch);
    } catch (error) {
      if (batch.length === 1) return batch[0]?.settle.reject(error);
      // One of them may be what cannot be written: the others are not to suffer for it.
      // eslint-disable-next-line no-await-in-loop
      for (const one of batch) await this.#writeAll(name, [one]);
    }
  }

  async #write(name: string, batch: readonly Waiting[]): Promise<void> {
    let application = this.#latest.get(name);
    for (let tries = 1; ; tries++) {
      if (!application) return batch.forEach(({ settle }) => settle.resolve(undefined));
      const { changed, refusals } = mutated(application, batch);
      try {
        // eslint-disable-next-line no-await-in-loop -- each try rests on what the one before met
        const written = await this.#update(application, changed);
        return batch.forEach((one) => one.settle.resolve(refusals.get(one) ?? written));
      } catch (error) {
        if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND") || tries === TRIES) throw error;
      }
      // eslint-disable-next-line no-await-in-loop
      if (tries > 1) await pause(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE));
      // eslint-disable-next-line no-await-in-loop
      application = await this.#collection.get({ name });
    }
  }

  async #update(application: Application, changed: Application): Promise<Application> {
    if (changed === application) return application;
    return await this.#latest.writes(application.metadata.name, () => this.#collection.update(changed));
  }
}

const NONE: readonly ApplicationService[] = [];

interface Mutated {
  readonly changed: Application;
  readonly refusals: ReadonlyMap<Waiting, Refused>;
}

/** Each change rests on those before it. */
function mutated(application: Application, batch: readonly Waiting[]): Mutated {
  const refusals = new Map<Waiting, Refused>();
  let current = application;
  for (const one of batch) {
    const outcome = one.mutation(current);
    if (isRefused(outcome)) refusals.set(one, outcome);
    else if ("metadata" in outcome) current = outcome;
    else if (outcome !== servicesOf(current)) current = withServices(current, outcome);
  }
  return { changed: current, refusals };
}

export function withServices(application: Application, services: readonly ApplicationService[]): Application {
  return { ...application, spec: { ...application.spec, services: [...services] } };
}

/** One array where there are none, so that `nothing to change` can be told. */
export function servicesOf({ spec }: Application): readonly ApplicationService[] {
  return spec?.services ?? NONE;
}
