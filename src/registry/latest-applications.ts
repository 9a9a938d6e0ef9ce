import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import { isOlder } from "../core/resources/is-older.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Collection, Store } from "../stores/store.ts";

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
  readonly #collection: Collection<Application>;
  readonly #followed: FollowedCollection<Application>;
  /** Names that the watch has not brought yet, while the store is asked for them. */
  readonly #asking = new Map<string, Promise<void>>();
  /** Our own last writes, until the watch has brought them. */
  readonly #own = new Map<string, Application>();
  /** What the watch has brought since a write began that is under way: the newest version, or that it is gone. */
  readonly #writing = new Map<string, { brought: string | undefined; gone: boolean }>();
  /** The watch was begun anew, and its list may skip the version that was written. */
  readonly #uncertain = new Set<string>();

  constructor({ store, clock, warn }: LatestApplicationsOptions) {
    this.#collection = store.collection<Application>(applicationKind);
    this.#followed = new FollowedCollection<Application>({
      collection: this.#collection,
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

  *values(): Generator<Application> {
    for (const application of this.#followed.values())
      yield this.get(application.metadata.name) ?? application;
  }

  /** Asks the store for an Application that is not known: others may have heard of a new one a moment before. */
  async ask(name: string): Promise<void> {
    if (this.get(name)) return;
    const asking = this.#asking.get(name) ?? this.#ask(name);
    this.#asking.set(name, asking);
    try {
      await asking;
    } finally {
      this.#asking.delete(name);
    }
  }

  /** Runs a write of one Application, one at a time; what it gives is what `get` gives from then on. */
  async writes<Result extends Application | undefined>(
    name: string,
    write: () => Promise<Result>,
  ): Promise<Result> {
    const seen = { brought: this.#versionOf(name), gone: false };
    this.#writing.set(name, seen);
    try {
      const application = await write();
      if (!application) return application;
      const { brought, gone } = seen;
      // A watch may tell of several changes by the last of them alone.
      const isBrought = brought !== undefined && !isOlder(brought, application.metadata.resourceVersion);
      if (isBrought || gone) this.#forget(name);
      else this.#own.set(name, application);
      return application;
    } finally {
      this.#writing.delete(name);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#followed.close();
  }

  async #ask(name: string): Promise<void> {
    await this.writes(name, () => this.#collection.get({ name }));
  }

  #changed(name: string): void {
    const version = this.#versionOf(name);
    const seen = this.#writing.get(name);
    if (seen) {
      seen.brought = version ?? seen.brought;
      seen.gone = version === undefined;
    }
    const own = this.#own.get(name);
    if (!own) return;
    const isBrought = version === undefined || !isOlder(version, own.metadata.resourceVersion);
    if (isBrought || this.#uncertain.has(name)) this.#forget(name);
  }

  #versionOf(name: string): string | undefined {
    return this.#followed.get(name)?.metadata.resourceVersion;
  }

  #forget(name: string): void {
    this.#own.delete(name);
    this.#uncertain.delete(name);
  }
}
