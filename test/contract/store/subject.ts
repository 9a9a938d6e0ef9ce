import { randomUUID } from "node:crypto";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { configMapKind, type ConfigMap } from "../../../src/core/resources/config-map.ts";
import { namespaceKind, type Namespace } from "../../../src/core/resources/namespace.ts";
import type { Ref, Resource } from "../../../src/core/resources/resource.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { isStoreFailure, StoreFailure } from "../../../src/stores/store-failure.ts";
import type { StoreFailureCode } from "../../../src/stores/failures.ts";
import type { Change, Collection, Selector, Store, Watching } from "../../../src/stores/store.ts";
import { widgetKind, type Widget } from "../../doubles/store-kinds.ts";

/**
 * A store under contract. One store serves all tests of a suite, as one cluster does, so every test takes
 * names of its own.
 */
export class Subject {
  readonly store: Store;
  readonly applications: Collection<Application>;
  readonly widgets: Collection<Widget>;
  readonly secrets: Collection<Secret>;
  readonly configMaps: Collection<ConfigMap>;
  readonly namespaces: Collection<Namespace>;

  constructor(store: Store) {
    this.store = store;
    this.applications = store.collection(applicationKind);
    this.widgets = store.collection(widgetKind);
    this.secrets = store.collection(secretKind);
    this.configMaps = store.collection(configMapKind);
    this.namespaces = store.collection(namespaceKind);
  }

  /** A name that no other test has. */
  readonly unique = (prefix = "x"): string => `${prefix}-${randomUUID().slice(0, 8)}`;

  /** The name of a new, empty namespace. */
  readonly namespace = async (): Promise<string> => {
    const { metadata } = await this.namespaces.create({ metadata: { name: this.unique("ns") } });
    return metadata.name;
  };

  readonly application = (spec: NonNullable<Application["spec"]> = {}): Promise<Application> =>
    this.applications.create({ metadata: { name: this.unique("app") }, spec });

  readonly widget = async (
    metadata: Partial<Widget["metadata"]> = {},
    spec: NonNullable<Widget["spec"]> = {},
  ): Promise<Widget> => {
    const namespace = metadata.namespace ?? (await this.namespace());
    return this.widgets.create({ metadata: { name: this.unique("w"), ...metadata, namespace }, spec });
  };

  readonly configMap = async (data: Readonly<Record<string, string>> = {}): Promise<ConfigMap> => {
    const metadata = { name: this.unique("cm"), namespace: await this.namespace() };
    return this.configMaps.create({ metadata, data });
  };
}

/** How a suite gets its store, which is opened before its first test. */
export type Subjects = () => Subject;

export function refOf({ metadata: { name, namespace } }: Resource): Ref {
  return namespace === undefined ? { name } : { name, namespace };
}

/** The failure of that code with which the promise rejects; anything else throws. */
export async function failureOf(promise: Promise<unknown>, code: StoreFailureCode): Promise<StoreFailure> {
  const outcome = await promise.then(
    () => new Error(`expected ${code}, but it succeeded`),
    (error: unknown) => error,
  );
  if (isStoreFailure(outcome, code)) return outcome;
  throw outcome instanceof StoreFailure
    ? new Error(`expected ${code}, got ${outcome.code}`, { cause: outcome })
    : outcome;
}

/** A watch that a test reads step by step. */
export class WatchReader<T extends Resource> implements AsyncDisposable {
  readonly #changes: AsyncIterator<Change<T>>;
  readonly #abort = new AbortController();

  constructor(collection: Collection<T>, selector?: Selector, options: Omit<Watching, "signal"> = {}) {
    const watch = collection.watch(selector, { ...options, signal: this.#abort.signal });
    this.#changes = watch[Symbol.asyncIterator]();
  }

  async next(): Promise<Change<T>> {
    const { value, done } = await this.#changes.next();
    if (done) throw new Error("the watch ended");
    return value;
  }

  /** `type name` of the next changes. */
  async shown(count: number): Promise<string[]> {
    const shown: string[] = [];
    while (shown.length < count) shown.push(shownChange(await this.next()));
    return shown;
  }

  /** Everything up to and including the end of the initial list. */
  async untilSynced(): Promise<Change<T>[]> {
    const changes: Change<T>[] = [];
    for (;;) {
      const change = await this.next();
      changes.push(change);
      if (change.type === "synced") return changes;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#changes.return?.();
  }
}

export function shownChange(change: Change<Resource>): string {
  return "object" in change ? `${change.type} ${change.object.metadata.name}` : change.type;
}
