import { reasonOf } from "../core/failures.ts";
import { serviceChanged, specificationRefreshed } from "../telemetry/channels.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedApplication } from "../telemetry/noticed-object.ts";
import { describeService } from "./describe-service.ts";
import { isRefused } from "./refused.ts";
import { refreshSpecification, type RefreshedService } from "./refresh-specification.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { serviceIndex } from "./service-index.ts";

export interface ScheduledRefreshOptions {
  /** Milliseconds between two rounds; 0: never. */
  readonly interval: number;
  /** From 0 to 1, so that installations that start together do not ask together. */
  readonly random?: () => number;
}

interface Place {
  readonly application: string;
  readonly id: string;
}

/** How many are fetched at once: nobody waits for them, and others do. */
const AT_ONCE = 2;
/** Milliseconds; a smaller interval would be an attack on those who serve specifications. */
const SHORTEST = 60_000;

/** Fetches open specifications again, in rounds (registry spec §15.5). What fails leaves the former document. */
export class ScheduledRefresh implements AsyncDisposable {
  readonly #context: RegistryContext;
  readonly #interval: number;
  readonly #random: () => number;
  #timer: Disposable | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(context: RegistryContext, { interval, random = Math.random }: ScheduledRefreshOptions) {
    this.#context = context;
    this.#interval = interval;
    this.#random = random;
  }

  /** The first round comes within the interval, at any time of it. */
  start(): void {
    if (this.#interval > 0) this.#schedule(this.#random());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#working;
  }

  #schedule(part: number): void {
    if (this.#isClosed) return;
    const interval = Math.max(this.#interval, SHORTEST);
    this.#timer = this.#context.clock.after(interval * part, () => {
      this.#working = this.#round().finally(() => this.#schedule(0.9 + this.#random() / 5));
    });
  }

  async #round(): Promise<void> {
    const { failedRefreshes, warn } = this.#context;
    try {
      const places = await this.#places();
      const keys = new Set(places.map(({ application, id }) => serviceKey(application, id)));
      for (const key of failedRefreshes.keys()) if (!keys.has(key)) failedRefreshes.delete(key);
      const work = async () => {
        for (let place = places.shift(); place && !this.#isClosed; place = places.shift()) {
          // eslint-disable-next-line no-await-in-loop -- so many at once and no more
          await this.#refresh(place);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } catch (error) {
      if (!this.#isClosed) warn("specifications cannot be fetched again now", { error });
    }
  }

  /** Services whose specification can be fetched again. */
  async #places(): Promise<Place[]> {
    const { applications, catalog } = this.#context;
    return (await catalog.refreshable()).filter((place) => {
      const application = applications.get(place.application);
      return application !== undefined && serviceIndex(application).byId.has(place.id);
    });
  }

  async #refresh(place: Place): Promise<void> {
    const { failedRefreshes } = this.#context;
    const { application, id: service } = place;
    const key = serviceKey(application, service);
    const outcome = await this.#attempt(place);
    if (this.#isClosed) return;
    if (typeof outcome === "string") {
      failedRefreshes.set(key, outcome);
      specificationRefreshed.publish({ outcome: "failed", application, service, reason: outcome });
      this.#tell(place, outcome);
      return;
    }
    failedRefreshes.delete(key);
    specificationRefreshed.publish({
      outcome: outcome.isNew ? "changed" : "unchanged",
      application,
      service,
    });
    if (outcome.isNew) await this.#announce(application, outcome);
  }

  #tell({ application, id }: Place, why: string): void {
    const uid = this.#context.applications.get(application)?.metadata.uid;
    // A refusal names the service, an error of a store does not.
    const text = why.includes(id) ? why : `service ${id}: ${why}`;
    notice(noticedApplication(application, uid), "SpecificationNotFetched", text);
  }

  /** What it was, or why it failed. */
  async #attempt(place: Place): Promise<RefreshedService | string> {
    try {
      const outcome = await refreshSpecification(this.#context, place);
      return isRefused(outcome) ? outcome.text : outcome;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async #announce(application: string, { service, before }: RefreshedService): Promise<void> {
    const described = await describeService(this.#context, application, service);
    serviceChanged.publish({
      action: "refresh",
      status: 200,
      application,
      service: service.id,
      name: service.displayName,
      before,
      after: isRefused(described) ? undefined : described.hash,
      client: undefined,
      peer: undefined,
      reason: undefined,
    });
  }
}
