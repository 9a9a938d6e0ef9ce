import type { SearchedDocument, SearchIndex } from "../../stores/search-index.ts";
import type { Abortable } from "../../stores/store.ts";

/** Entries that are looked at together, such as those of one service's documents. */
type Bucket = string;

/** What is in the search index, so that it is written to only where something has changed. */
export class IndexedEntries {
  readonly #index: SearchIndex;
  readonly #bucketOf: (key: string) => Bucket | undefined;
  /** Versions by key. */
  readonly #buckets = new Map<Bucket, Map<string, string>>();

  /** `bucketOf` gives undefined for a key that nobody wants to know of. */
  constructor(index: SearchIndex, bucketOf: (key: string) => Bucket | undefined) {
    this.#index = index;
    this.#bucketOf = bucketOf;
  }

  /** Looks what is there, which may be nothing; what nobody knows is removed. */
  async load(options: Abortable): Promise<void> {
    this.#buckets.clear();
    const unknown: string[] = [];
    for await (const { key, version } of this.#index.indexed(options)) {
      const bucket = this.#bucketOf(key);
      if (bucket === undefined) unknown.push(key);
      else this.#entries(bucket).set(key, version);
    }
    // oxlint-disable-next-line no-await-in-loop -- rarely one at all
    for (const key of unknown) await this.#index.remove(key);
  }

  buckets(): Iterable<Bucket> {
    return this.#buckets.keys();
  }

  version(bucket: Bucket, key: string): string | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** Whether there was something to write. */
  async put(bucket: Bucket, key: string, document: SearchedDocument): Promise<boolean> {
    if (this.version(bucket, key) === document.version) return false;
    await this.#index.replace(key, document);
    this.#entries(bucket).set(key, document.version);
    return true;
  }

  /** Removes all others of the bucket; their keys. */
  async keep(bucket: Bucket, wanted: ReadonlySet<string>): Promise<readonly string[]> {
    const entries = this.#entries(bucket);
    const gone = [...entries.keys()].filter((key) => !wanted.has(key));
    for (const key of gone) {
      // oxlint-disable-next-line no-await-in-loop -- one thread does it
      await this.#index.remove(key);
      entries.delete(key);
    }
    if (entries.size === 0) this.#buckets.delete(bucket);
    return gone;
  }

  #entries(bucket: Bucket): Map<string, string> {
    const known = this.#buckets.get(bucket);
    if (known) return known;
    const entries = new Map<string, string>();
    this.#buckets.set(bucket, entries);
    return entries;
  }
}
