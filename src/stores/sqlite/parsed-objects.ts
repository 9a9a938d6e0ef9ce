import { shareStructure } from "../../core/share-structure.ts";
import type { Resource } from "../../core/resources/resource.ts";

/** Texts whose objects are remembered: those of one change reach its writer and all watchers at about one time. */
const RECENT = 8;

/**
 * The objects that watchers and writers of one store are given, parsed once for all of them. Versions of an
 * object share what did not change between them: an Application may have thousands of services, and each
 * change of one of them is an event with all of them.
 */
export class ParsedObjects {
  readonly #recent = new Map<string, Resource>();
  /** What watchers were given last; it is theirs to keep. */
  readonly #watched = new Map<string, WeakRef<Resource>>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.#watched.get(key)?.deref() === undefined) this.#watched.delete(key);
  });

  /** An object that a writer is answered. */
  written(text: string): Resource {
    return this.#recent.get(text) ?? this.#parse(text);
  }

  /** An object as it is now, for a watcher. */
  watched(text: string): Resource {
    const object = this.#recent.get(text) ?? this.#parse(text);
    const key = keyOf(object);
    const known = this.#watched.get(key)?.deref();
    // A watcher that is behind brings older versions.
    if (known && versionOf(known) >= versionOf(object)) return object;
    this.#watched.set(key, new WeakRef(object));
    this.#gone.register(object, key);
    return object;
  }

  #parse(text: string): Resource {
    const parsed = JSON.parse(text) as Resource;
    const object = shareStructure(this.#watched.get(keyOf(parsed))?.deref(), parsed);
    this.#recent.set(text, object);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= RECENT) break;
      this.#recent.delete(oldest);
    }
    return object;
  }
}

/** No name has a space. */
function keyOf({ apiVersion, kind, metadata }: Resource): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ""} ${metadata.name}`;
}

/** One counter for all objects, which in this store may be compared. */
function versionOf({ metadata }: Resource): number {
  return Number(metadata.resourceVersion);
}
