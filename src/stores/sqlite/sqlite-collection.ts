import type { Clock } from "../../core/clock.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { withLargeList } from "../../core/resources/large-list.ts";
import { withManagedFields, withoutManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import type { New, Ref, Resource } from "../../core/resources/resource.ts";
import type {
  Abortable,
  Applied,
  Applying,
  Change,
  ChangeText,
  Collection,
  CollectionOptions,
  Creating,
  Listed,
  ListedText,
  Paging,
  Patch,
  Patching,
  Precondition,
  Removed,
  Removing,
  Selector,
  Watching,
  Writing,
} from "../store.ts";
import { listedItems } from "../listed-items.ts";
import { ChangeFeed } from "./change-feed.ts";
import type { PlannedSplice, StoredObject } from "./parsed-objects.ts";
import type { KindKey, Request, Results } from "./protocol.ts";
import { TextFeed } from "./text-feed.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface CollectionParts {
  readonly link: WorkerLink;
  readonly clock: Clock;
}

/** One kind in the embedded store; the work is done in the store's thread. */
export class SqliteCollection<T extends Resource> implements Collection<T> {
  readonly kind: Kind<T>;
  readonly #key: KindKey;
  readonly #link: WorkerLink;
  readonly #clock: Clock;
  readonly #showsManagers: boolean;
  readonly #manager: string;

  constructor(
    kind: Kind<T>,
    { link, clock }: CollectionParts,
    { managedFields, manager }: Required<CollectionOptions>,
  ) {
    this.kind = kind;
    this.#key = { group: kind.group, kind: kind.kind };
    this.#link = link;
    this.#clock = clock;
    this.#showsManagers = managedFields;
    this.#manager = manager;
  }

  async get(ref: Ref, options: Abortable = {}): Promise<T | undefined> {
    const text = this.#known(ref, options) ?? (await this.#read(ref, options));
    return text === undefined ? undefined : this.#parsed(text);
  }

  #known(ref: Ref, { signal }: Abortable): string | undefined {
    const isUsable = this.#link.usable && signal?.aborted !== true;
    return isUsable ? this.#link.texts.get(this.#place(ref)) : undefined;
  }

  #read(ref: Ref, options: Abortable): Promise<string | undefined> {
    const request = { operation: "get", kind: this.#key, ref: plainRef(ref) } as const;
    return this.#call(request, options, (text) => {
      this.#link.texts.read(this.#place(ref), text);
      return text;
    });
  }

  async list(selector?: Selector, options?: Paging & Abortable): Promise<Listed<T>> {
    const { pieces, ...place } = await this.listText(selector, options);
    const items: T[] = [];
    for await (const some of listedItems<T>({ pieces })) items.push(...some.map((item) => this.#bare(item)));
    return { items, ...place };
  }

  listText(selector: Selector = {}, options: Paging & Abortable = {}): Promise<ListedText> {
    const { limit, continue: token, exactly } = options;
    const paging = {
      ...(limit === undefined ? {} : { limit }),
      ...(token === undefined ? {} : { continue: token }),
      ...(exactly === undefined ? {} : { exactly }),
    };
    return this.#call({ operation: "list", kind: this.#key, selector, paging }, options);
  }

  async create(value: New<T>, options: Creating = {}): Promise<T> {
    const { withStatus = false } = options;
    const written = { value: JSON.stringify(value), withStatus, ...this.#written(options) };
    const request = { operation: "create", ...written } as const;
    return await this.#call(request, options, (text) => this.#taken(text, options));
  }

  async update(value: T, options: Writing = {}): Promise<T> {
    const planned = options.dryRun ? undefined : this.#link.objects.planSplice(this.kind, value);
    if (planned) return await this.#splice(value, planned, options);
    const request = { operation: "update", value: JSON.stringify(value), ...this.#written(options) } as const;
    return await this.#call(request, options, (text) => this.#taken(text, options));
  }

  /** Of a large list only what changes crosses the threads. */
  async #splice(value: T, planned: PlannedSplice, options: Writing): Promise<T> {
    const head = JSON.stringify(withLargeList(this.kind, value, []));
    const request = {
      operation: "splice",
      value: head,
      list: planned.list,
      ...this.#written(options),
    } as const;
    const { objects } = this.#link;
    return await this.#call(request, options, (result) =>
      this.#changed(objects.spliced(this.kind, result, planned)),
    );
  }

  async updateStatus(value: T, options: Writing = {}): Promise<T> {
    const text = JSON.stringify(value);
    const request = { operation: "updateStatus", value: text, ...this.#written(options) } as const;
    return await this.#call(request, options, (written) => this.#taken(written, options));
  }

  async patch(ref: Ref, patch: Patch, options: Patching = {}): Promise<T> {
    const { precondition, subresource } = options;
    const request = {
      operation: "patch",
      ref: plainRef(ref),
      patchType: patch.type,
      patch: JSON.stringify(patch.value),
      precondition: plainPrecondition(precondition),
      ...(subresource === undefined ? {} : { subresource }),
      ...this.#written(options),
    } as const;
    return await this.#call(request, options, (text) => this.#taken(text, options));
  }

  async apply(ref: Ref, body: unknown, options: Applying): Promise<Applied<T>> {
    const { manager, force = false, onlyNew = false, precondition, subresource } = options;
    const request = {
      operation: "apply",
      ref: plainRef(ref),
      body: JSON.stringify(body),
      ...this.#written(options),
      manager,
      force,
      onlyNew,
      precondition: plainPrecondition(precondition),
      ...(subresource === undefined ? {} : { subresource }),
    } as const;
    return await this.#call(request, options, ({ text, created }) => ({
      value: this.#taken(text, options),
      created,
    }));
  }

  async remove(ref: Ref, options: Removing = {}): Promise<Removed<T>> {
    const { precondition, propagation = "Background" } = options;
    const { text, gone } = await this.#call(
      {
        operation: "remove",
        ref: plainRef(ref),
        precondition: plainPrecondition(precondition),
        propagation,
        ...this.#written(options),
      },
      options,
      (result) => {
        this.#link.texts.anyChanged();
        return result;
      },
    );
    return { last: this.#parsed(text), gone };
  }

  watch(selector: Selector | undefined, options: Watching): AsyncIterable<Change<T>> {
    const { resourceVersion: version, signal } = options;
    const shown = (stored: StoredObject) => this.#shown(stored);
    const place = { kind: this.#key, selector: selector ?? {}, version, signal };
    return new ChangeFeed<T>(this.#link, { ...place, shown, managedFields: this.#showsManagers });
  }

  watchText(
    selector: Selector | undefined,
    { resourceVersion: version, signal }: Watching,
  ): AsyncIterable<readonly ChangeText[]> {
    return new TextFeed(this.#link, { kind: this.#key, selector: selector ?? {}, version, signal });
  }

  /** What a write is answered, before the next answer is looked at. */
  #taken(text: string, { dryRun = false }: Writing): T {
    return this.#changed(this.#link.objects.written(text), dryRun ? undefined : text);
  }

  /** `text` has all of the object, as it is now. */
  #changed(stored: StoredObject, text?: string): T {
    const { object } = stored;
    const { texts } = this.#link;
    // The last change of one that is being deleted lets it go, and others with it.
    if (object.metadata.deletionTimestamp === undefined) texts.read(this.#place(object.metadata), text);
    else texts.anyChanged();
    return this.#shown(stored);
  }

  #parsed(text: string): T {
    return this.#bare(JSON.parse(text) as T);
  }

  #bare(object: T): T {
    return this.#showsManagers ? object : withoutManagedFields(object);
  }

  #shown({ object, managedFields }: StoredObject): T {
    return (this.#showsManagers ? withManagedFields(object, managedFields) : object) as T;
  }

  /** One for each object, also where its ref says too much. No name has a space. */
  #place({ name, namespace = "" }: Ref): string {
    const place = this.kind.scope === "Namespaced" ? namespace : "";
    return `${this.#key.group} ${this.#key.kind} ${place} ${name}`;
  }

  #written({ dryRun = false, manager = this.#manager }: Writing) {
    return { kind: this.#key, dryRun, manager, now: this.#clock.now() };
  }

  /** An abort ends the waiting, not the work: a write that was sent may still be done. */
  async #call<R extends Request, Read = Results[R["operation"]]>(
    request: R,
    { signal }: Abortable,
    read?: (result: Results[R["operation"]]) => Read,
  ): Promise<Read> {
    if (!signal) return this.#link.call(request, read);
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([this.#link.call(request, read), aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}

// A caller's object may hold more than a ref, such as functions, which do not cross threads.
function plainRef({ name, namespace }: Ref): Ref {
  return namespace === undefined ? { name } : { name, namespace };
}

function plainPrecondition({ uid, resourceVersion }: Precondition = {}): Precondition {
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}
