import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import type { Resource } from "../core/resources/resource.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import type { Collection, Selector, Store } from "../stores/store.ts";
import type { CompiledApplication } from "./compiled.ts";
import type { Snapshot } from "./snapshot.ts";

/** Finds a Secret of the credentials namespace. */
export type FindSecret = (name: string) => Secret | undefined;

export interface FollowOptions {
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly compile: (application: Application, secret: FindSecret) => CompiledApplication;
  readonly credentialsNamespace: string;
  readonly clock: Clock;
  /** A watch broke off and is taken up again; calls go on against what is known. */
  readonly interrupted: (error: unknown) => void;
}

/** How long changed Applications are compiled in one go before calls get their turn, in milliseconds. */
const SLICE = 4;

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/**
 * Keeps the snapshot equal to the store: watches Applications and the Secrets they refer to, and compiles
 * what changed. A watch that breaks off is begun again with a complete list, and meanwhile the snapshot
 * stands as it is.
 */
export class StoreFollower implements AsyncDisposable {
  readonly #options: FollowOptions;
  readonly #stopping = new AbortController();
  readonly #applications = new Map<string, Application>();
  readonly #secrets = new Map<string, Secret>();
  /** Which Applications refer to a Secret, existing or not. */
  readonly #users = new Map<string, Set<string>>();
  readonly #dirty = new Set<string>();
  readonly #loops: Promise<void>[] = [];
  #pumping = false;
  /** Resolved while nothing waits to be compiled. */
  #idle = Promise.resolve();
  #becomeIdle = () => {};

  private constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** Resolves when everything that the store held has been compiled; rejects when it cannot be read. */
  static async start(options: FollowOptions): Promise<StoreFollower> {
    const follower = new StoreFollower(options);
    try {
      await Promise.all([follower.#followSecrets(), follower.#followApplications()]);
      await follower.#idle;
    } catch (error) {
      await follower.close();
      throw error;
    }
    options.snapshot.markSynced();
    return follower;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #followSecrets(): Promise<void> {
    const { store, credentialsNamespace } = this.#options;
    return this.#follow(store.collection<Secret>(secretKind), {
      selector: { namespace: credentialsNamespace },
      known: this.#secrets,
      changed: (name) => {
        for (const application of this.#users.get(name) ?? []) this.#touch(application);
      },
    });
  }

  #followApplications(): Promise<void> {
    return this.#follow(this.#options.store.collection<Application>(applicationKind), {
      selector: undefined,
      known: this.#applications,
      changed: (name) => this.#touch(name),
    });
  }

  /** Resolves at the first complete list; goes on until closed. */
  #follow<T extends Resource>(collection: Collection<T>, followed: Followed<T>): Promise<void> {
    const synced = Promise.withResolvers<void>();
    this.#loops.push(this.#loop(collection, followed, synced));
    return synced.promise;
  }

  async #loop<T extends Resource>(
    collection: Collection<T>,
    followed: Followed<T>,
    synced: PromiseWithResolvers<void>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        await this.#watch(collection, followed, () => {
          pause = FIRST_PAUSE;
          synced.resolve();
        });
      } catch (error) {
        if (signal.aborted) break;
        // Before the first list there is nothing to fall back on: the caller of `start` decides.
        synced.reject(error);
        this.#options.interrupted(error);
      }
      await this.#wait(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    synced.reject(signal.reason);
  }

  async #watch<T extends Resource>(
    collection: Collection<T>,
    { selector, known, changed }: Followed<T>,
    synced: () => void,
  ): Promise<void> {
    // What was known before and is not in the new list has been deleted in between.
    const missing = new Set(known.keys());
    for await (const change of collection.watch(selector, { signal: this.#stopping.signal })) {
      if (change.type === "bookmark") continue;
      if (change.type === "synced") {
        for (const name of missing) {
          known.delete(name);
          changed(name);
        }
        missing.clear();
        synced();
        continue;
      }
      const { name } = change.object.metadata;
      missing.delete(name);
      if (change.type === "deleted") known.delete(name);
      else known.set(name, change.object);
      changed(name);
    }
  }

  #touch(application: string): void {
    this.#dirty.add(application);
    if (this.#pumping) return;
    this.#pumping = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = promise;
    this.#becomeIdle = resolve;
    queueMicrotask(() => this.#pump());
  }

  /** Compiles what is due, in slices: a Secret may be used by thousands of Applications. */
  #pump(): void {
    const until = this.#options.clock.monotonic() + SLICE;
    for (const name of this.#dirty) {
      this.#dirty.delete(name);
      this.#refresh(name);
      if (this.#options.clock.monotonic() >= until && this.#dirty.size > 0) {
        setImmediate(() => this.#pump());
        return;
      }
    }
    this.#pumping = false;
    this.#becomeIdle();
  }

  #refresh(name: string): void {
    const { snapshot, compile } = this.#options;
    const before = snapshot.application(name);
    for (const secret of before?.secretNames ?? []) this.#forgetUse(secret, name);
    const application = this.#applications.get(name);
    if (!application) return snapshot.withdraw(name);
    const compiled = compile(application, (secret) => this.#secrets.get(secret));
    for (const secret of compiled.secretNames) this.#noteUse(secret, name);
    snapshot.publish(compiled);
  }

  #noteUse(secret: string, application: string): void {
    const users = this.#users.get(secret);
    if (users) users.add(application);
    else this.#users.set(secret, new Set([application]));
  }

  #forgetUse(secret: string, application: string): void {
    const users = this.#users.get(secret);
    users?.delete(application);
    if (users?.size === 0) this.#users.delete(secret);
  }

  async #wait(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#stopping;
    signal.addEventListener("abort", () => resolve(), { once: true });
    using _timer = this.#options.clock.after(milliseconds, resolve);
    if (!signal.aborted) await promise;
  }
}

interface Followed<T extends Resource> {
  readonly selector: Selector | undefined;
  /** By name: Applications are cluster-scoped, Secrets are followed in one namespace. */
  readonly known: Map<string, T>;
  readonly changed: (name: string) => void;
}
