import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import type { Kind } from "../core/resources/kind.ts";
import type { Resource } from "../core/resources/resource.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import type { Collection } from "../stores/store.ts";
import type { CompiledService } from "./compile-service.ts";
import type { CompiledApplication } from "./compiled.ts";
import type { HeldApplication } from "./findings.ts";
import { FollowedCollection } from "./followed-collection.ts";
import type { Snapshot } from "./snapshot.ts";

/** Finds a Secret of the credentials namespace. */
export type FindSecret = (name: string) => Secret | undefined;

/** All that is needed of a store to follow it. */
export interface WatchedStore {
  collection<T extends Resource>(kind: Kind<T>): Pick<Collection<T>, "watch">;
}

export interface FollowOptions {
  readonly store: WatchedStore;
  readonly snapshot: Snapshot;
  readonly compile: (application: Application, secret: FindSecret) => CompiledApplication;
  /** Adds to what was compiled before what the Application has more; undefined where that is not all that differs. */
  readonly extend?: (
    compiled: CompiledApplication,
    application: Application,
    secret: FindSecret,
  ) => readonly CompiledService[] | undefined;
  readonly credentialsNamespace: string;
  readonly clock: Clock;
  /** A watch broke off and is taken up again; calls go on against what is known. */
  readonly interrupted: (error: unknown) => void;
  /** An Application, or a Secret that it refers to, is new, another or gone, and calls see it. */
  readonly refreshed?: (application: string) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** How long changed Applications are compiled in one go before calls get their turn, in milliseconds. */
const SLICE = 4;

/**
 * Keeps the snapshot equal to the store: watches Applications and the Secrets they refer to, and compiles
 * what changed. While a watch is interrupted, the snapshot stands as it is.
 */
export class StoreFollower implements AsyncDisposable {
  readonly #options: FollowOptions;
  readonly #applications: FollowedCollection<Application>;
  readonly #secrets: FollowedCollection<Secret>;
  /** Which Applications refer to a Secret, existing or not. */
  readonly #users = new Map<string, Set<string>>();
  readonly #dirty = new Set<string>();
  /** Those of them of which more than the Application itself has changed. */
  readonly #changedSecrets = new Set<string>();
  #pumping = false;
  /** Resolved while nothing waits to be compiled. */
  #idle = Promise.resolve();
  #becomeIdle = () => {};

  private constructor(options: FollowOptions) {
    const { store, credentialsNamespace, interrupted, clock } = options;
    this.#options = options;
    this.#secrets = new FollowedCollection({
      collection: store.collection<Secret>(secretKind),
      selector: { namespace: credentialsNamespace },
      changed: (name) => {
        for (const application of this.#users.get(name) ?? []) {
          this.#changedSecrets.add(application);
          this.#touch(application);
        }
      },
      interrupted,
      clock,
    });
    this.#applications = new FollowedCollection({
      collection: store.collection<Application>(applicationKind),
      changed: (name) => this.#touch(name),
      interrupted,
      clock,
    });
  }

  /** Resolves when everything that the store held has been compiled; rejects when it cannot be read. */
  static async start(options: FollowOptions): Promise<StoreFollower> {
    const follower = new StoreFollower(options);
    try {
      await Promise.all([follower.#secrets.synced, follower.#applications.synced]);
      await follower.#idle;
    } catch (error) {
      await follower.close();
      throw error;
    }
    options.snapshot.markSynced();
    return follower;
  }

  /** An Application as calls see it now. */
  held(name: string): HeldApplication | undefined {
    const application = this.#applications.get(name);
    const compiled = this.#options.snapshot.application(name);
    if (!application || !compiled) return undefined;
    return {
      application,
      compiled,
      findSecret: (secret) => this.#secrets.get(secret),
      isHostShared: (host) => (this.#options.snapshot.host(host)?.length ?? 0) > 1,
    };
  }

  /** The names of all Applications. */
  *names(): Generator<string> {
    for (const { metadata } of this.#applications.values()) yield metadata.name;
  }

  async close(): Promise<void> {
    await Promise.all([this.#secrets.close(), this.#applications.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
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
      this.#options.refreshed?.(name);
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
    const application = this.#applications.get(name);
    const isExtended = !this.#changedSecrets.delete(name) && application && this.#extend(before, application);
    if (isExtended) return;
    const compiled = application && compile(application, (secret) => this.#secrets.get(secret));
    this.#noteUses(name, before?.secretNames ?? NONE, compiled?.secretNames ?? NONE);
    if (compiled) snapshot.publish(compiled);
    else snapshot.withdraw(name);
  }

  #extend(before: CompiledApplication | undefined, application: Application): boolean {
    const { snapshot, extend } = this.#options;
    const added = before && extend?.(before, application, (secret) => this.#secrets.get(secret));
    if (!added) return false;
    const { name } = application.metadata;
    for (const service of added) for (const secret of service.origin.secretNames) this.#noteUse(secret, name);
    snapshot.extend(added);
    return true;
  }

  #noteUses(application: string, before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    for (const secret of before) if (!now.has(secret)) this.#forgetUse(secret, application);
    for (const secret of now) if (!before.has(secret)) this.#noteUse(secret, application);
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
}
