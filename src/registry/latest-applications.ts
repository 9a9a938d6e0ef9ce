import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Store } from "../stores/store.ts";

export interface LatestApplicationsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * All Applications as they are, in memory: an answer out of thousands of services costs no reading. What this
 * process has written is there at once, although the watch brings it a moment later.
 */
export class LatestApplications implements AsyncDisposable {
  readonly #followed: FollowedCollection<Application>;
  /** Our own last writes, until the watch has brought them. */
  readonly #own = new Map<string, Application>();
  /** Versions that the watch has brought since a write began that is under way. */
  readonly #writing = new Map<string, Set<string>>();
  /** The watch was begun anew, and its list may skip the version that was written. */
  readonly #uncertain = new Set<string>();

  constructor({ store, clock, warn }: LatestApplicationsOptions) {
    this.#followed = new FollowedCollection<Application>({
      collection: store.collection<Application>(applicationKind),
      changed: (name) => this.#changed(name),
      interrupted: (error) => {
        for (const name of [...this.#own.keys(), ...this.#writing.keys()]) this.#uncertain.add(name);
        warn("a watch of the store broke off and is begun again", { error });
      },
      clock,
    });
  }

  /** Resolves with the first complete list; rejects when it cannot be read. */
  get synced(): Promise<void> {
    return this.#followed.synced;
  }

  get(name: string): Application | undefined {
    return this.#own.get(name) ?? this.#followed.get(name);
  }

  names(): readonly string[] {
    return Array.from(this.#followed.values(), ({ metadata }) => metadata.name);
  }

  /** Runs a write of one Application, one at a time; what it gives is what `get` gives from then on. */
  async writes(name: string, write: () => Promise<Application>): Promise<Application> {
    const seen = new Set<string>();
    this.#writing.set(name, seen);
    try {
      const application = await write();
      const version = application.metadata.resourceVersion;
      if (seen.has(version) || this.#followed.get(name)?.metadata.resourceVersion === version) {
        this.#forget(name);
      } else this.#own.set(name, application);
      return application;
    } finally {
      this.#writing.delete(name);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#followed.close();
  }

  #changed(name: string): void {
    const version = this.#followed.get(name)?.metadata.resourceVersion;
    if (version !== undefined) this.#writing.get(name)?.add(version);
    const own = this.#own.get(name);
    if (!own) return;
    const isBrought = version === undefined || version === own.metadata.resourceVersion;
    if (isBrought || this.#uncertain.has(name)) this.#forget(name);
  }

  #forget(name: string): void {
    this.#own.delete(name);
    this.#uncertain.delete(name);
  }
}
