import type { Kind } from "../../core/resources/kind.ts";
import type { New, Ref, Resource } from "../../core/resources/resource.ts";
import { notFound } from "../../stores/refusals.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import type {
  Applied,
  Applying,
  Change,
  ChangeText,
  Collection,
  Creating,
  Listed,
  ListedText,
  Patch,
  Patching,
  Removed,
  Removing,
  Selector,
  Watching,
  Writing,
} from "../../stores/store.ts";
import { forbidden } from "../identity/forbidden.ts";
import type { ObjectRules } from "./object-rules.ts";
import { limitedChanges } from "./limited-changes.ts";
import type { Turns } from "./turns.ts";

/** How often a write begins again when others write the same object meanwhile. */
const ATTEMPTS = 5;

/** Writes upon that version of what is stored. */
type WriteUpon = (version: string | undefined, how: Patching) => Promise<Resource>;

/**
 * A collection as a caller sees it who is limited to some Applications. What he writes is looked at as it would
 * be kept, by a dry run, and then written only upon the version that the dry run rested on: so neither a patch
 * nor a default brings in what was not seen.
 */
export class LimitedCollection implements Collection<Resource> {
  readonly #collection: Collection<Resource>;
  readonly #rules: ObjectRules;
  readonly #turns: Turns;

  /** `turns` is one for all that limited callers write: what one of them is allowed by may be taken away by another. */
  constructor(collection: Collection<Resource>, rules: ObjectRules, turns: Turns) {
    this.#collection = collection;
    this.#rules = rules;
    this.#turns = turns;
  }

  get kind(): Kind {
    return this.#collection.kind;
  }

  async get(ref: Ref): Promise<Resource | undefined> {
    const value = await this.#collection.get(ref);
    return value && this.#rules.shows(value) ? value : undefined;
  }

  /** In one page whatever is asked for: there are few. */
  async list(selector?: Selector): Promise<Listed<Resource>> {
    const lists = await Promise.all(this.#rules.narrow(selector).map((one) => this.#collection.list(one)));
    const items = lists.flatMap((list) => list.items).filter((value) => this.#rules.shows(value));
    const versions = lists.map(({ resourceVersion }) => BigInt(resourceVersion));
    // A watch from the earliest one misses nothing of the others.
    const first = versions.reduce((least, version) => (version < least ? version : least));
    return { items, resourceVersion: String(first) };
  }

  async listText(selector?: Selector): Promise<ListedText> {
    const { items, resourceVersion } = await this.list(selector);
    const text = items.map((value) => JSON.stringify(value)).join(",");
    return { pieces: text === "" ? [] : [Buffer.from(text)], resourceVersion };
  }

  create(value: New<Resource>, options: Creating = {}): Promise<Resource> {
    return this.#turns.take(() => this.#create(value, options));
  }

  async #create(value: New<Resource>, options: Creating): Promise<Resource> {
    // Not yet looked at: it may be missing, or no text at all.
    const { name } = value.metadata;
    this.#refuse(name, this.#rules.nameRefusal(name));
    const created = await this.#collection.create(value, { ...options, dryRun: true });
    await this.#admit(created, undefined);
    return options.dryRun ? created : this.#collection.create(value, options);
  }

  update(value: Resource, options: Writing = {}): Promise<Resource> {
    return this.#writeInTurn(value.metadata, options, (version, how) =>
      this.#collection.update(ofStored(value, version), how),
    );
  }

  updateStatus(value: Resource, options: Writing = {}): Promise<Resource> {
    return this.#writeInTurn(value.metadata, options, (version, how) =>
      this.#collection.updateStatus(ofStored(value, version), how),
    );
  }

  patch(ref: Ref, patch: Patch, options: Patching = {}): Promise<Resource> {
    return this.#writeInTurn(ref, options, (resourceVersion, how) =>
      this.#collection.patch(ref, patch, { ...how, ...ofVersion(resourceVersion) }),
    );
  }

  apply(ref: Ref, body: unknown, options: Applying): Promise<Applied<Resource>> {
    return this.#turns.take(() => this.#apply(ref, body, options));
  }

  async #apply(ref: Ref, body: unknown, options: Applying): Promise<Applied<Resource>> {
    if (await this.#collection.get(ref)) return await this.#applyToStored(ref, body, options);
    try {
      return await this.#applyToNothing(ref, body, options);
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
      // Somebody made it meanwhile: it is looked at as any other that stands.
      return await this.#applyToStored(ref, body, options);
    }
  }

  async #applyToNothing(ref: Ref, body: unknown, options: Applying): Promise<Applied<Resource>> {
    this.#refuse(ref.name, this.#rules.nameRefusal(ref.name));
    const how = { ...options, onlyNew: true };
    const made = await this.#collection.apply(ref, body, { ...how, dryRun: true });
    await this.#admit(made.value, undefined);
    return options.dryRun ? made : await this.#collection.apply(ref, body, how);
  }

  async #applyToStored(ref: Ref, body: unknown, options: Applying): Promise<Applied<Resource>> {
    const value = await this.#write(ref, options, async (resourceVersion, how) => {
      const applying = { ...options, ...how, ...ofVersion(resourceVersion) };
      return (await this.#collection.apply(ref, body, applying)).value;
    });
    return { value, created: false };
  }

  remove(ref: Ref, options: Removing = {}): Promise<Removed<Resource>> {
    return this.#turns.take(() => this.#remove(ref, options));
  }

  async #remove(ref: Ref, options: Removing): Promise<Removed<Resource>> {
    const stored = await this.#stored(ref);
    this.#refuse(ref.name, await this.#rules.removalRefusal(stored));
    const precondition = { uid: stored.metadata.uid, ...options.precondition };
    return this.#collection.remove(ref, { ...options, precondition });
  }

  watch(selector: Selector | undefined, options: Watching): AsyncIterable<Change<Resource>> {
    const narrowed = this.#rules.narrow(selector);
    const [only] = narrowed;
    const followed = narrowed.length === 1 ? only : selector;
    return limitedChanges(this.#collection.watch(followed, options), this.#rules.shows);
  }

  /** There are few such watches, and each object is looked at. */
  async *watchText(selector: Selector | undefined, options: Watching): AsyncGenerator<readonly ChangeText[]> {
    for await (const change of this.watch(selector, options)) yield [textOf(change)];
  }

  #writeInTurn(ref: Ref, options: Patching, write: WriteUpon): Promise<Resource> {
    return this.#turns.take(() => this.#write(ref, options, write));
  }

  async #write(ref: Ref, options: Patching, write: WriteUpon): Promise<Resource> {
    for (let attempt = 1; ; attempt++) {
      // oxlint-disable-next-line no-await-in-loop -- an attempt begins when the one before it has failed
      const stored = await this.#stored(ref);
      const { resourceVersion } = stored.metadata;
      try {
        // oxlint-disable-next-line no-await-in-loop
        const next = await write(resourceVersion, { ...options, dryRun: true });
        // oxlint-disable-next-line no-await-in-loop
        await this.#admit(next, stored);
        // oxlint-disable-next-line no-await-in-loop
        return options.dryRun ? next : await write(resourceVersion, options);
      } catch (error) {
        if (!isStoreFailure(error, "STORE_CONFLICT") || attempt === ATTEMPTS) throw error;
        // oxlint-disable-next-line no-await-in-loop
        const now = await this.#stored(ref);
        // The caller's own precondition does not hold, and will not.
        if (now.metadata.resourceVersion === resourceVersion) throw error;
      }
    }
  }

  async #stored(ref: Ref): Promise<Resource> {
    const stored = await this.get(ref);
    if (!stored) throw notFound(this.kind, ref);
    return stored;
  }

  async #admit(next: Resource, stored: Resource | undefined): Promise<void> {
    const { name, finalizers = [] } = next.metadata;
    this.#refuse(name, await this.#rules.refusal(next, stored));
    // The write that takes the last finalizer away is what deletes it.
    if (!stored?.metadata.deletionTimestamp || finalizers.length > 0) return;
    this.#refuse(name, await this.#rules.removalRefusal(stored));
  }

  #refuse(name: string, reason: string | undefined): void {
    if (reason === undefined) return;
    const { group, plural: resource } = this.kind;
    throw forbidden({ group, resource, name: name === "" ? undefined : name }, reason);
  }
}

function textOf(change: Change<Resource>): ChangeText {
  if (!("object" in change)) return change;
  const { type, object } = change;
  return { type, text: JSON.stringify(object), resourceVersion: object.metadata.resourceVersion };
}

/** Upon the version that was looked at, unless the caller names one. */
function ofStored(value: Resource, version: string | undefined): Resource {
  const resourceVersion = value.metadata.resourceVersion || version;
  return resourceVersion === undefined
    ? value
    : { ...value, metadata: { ...value.metadata, resourceVersion } };
}

function ofVersion(resourceVersion: string | undefined): Pick<Patching, "precondition"> {
  return resourceVersion === undefined ? {} : { precondition: { resourceVersion } };
}
