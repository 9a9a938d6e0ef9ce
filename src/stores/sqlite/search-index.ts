import { resolve } from "node:path";
import type {
  IndexedDocument,
  SearchedDocument,
  SearchIndex,
  SearchOptions,
  SearchPage,
} from "../search-index.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Abortable } from "../store.ts";
import { readSearchCursor, writeSearchCursor } from "./search-cursor.ts";
import { toSearchFailure } from "./search-errors.ts";
import type { SearchRequest, SearchResults } from "./search-protocol.ts";
import { readQuery } from "./search-query.ts";
import { cutDocument } from "./search-text.ts";
import { startThread, ThreadLink } from "./thread-link.ts";

export interface SqliteSearchIndexOptions {
  /** The data directory, whose lock the caller holds; made where it does not exist. */
  readonly directory: string;
}

/** What is read at once of the list of keys, so that searches come between. */
const KEYS = 500;

/**
 * The index `search.db` of a data directory, in a thread of its own: to cut up a long text into words takes
 * longer than a call may wait. Rejects with STORE_DIRECTORY or SEARCH_INDEX_UNAVAILABLE.
 */
export async function openSqliteSearchIndex(options: SqliteSearchIndexOptions): Promise<SearchIndex> {
  const workerData = { directory: resolve(options.directory) };
  const worker = await startThread("search-worker", { name: "appconn-search", workerData });
  return new SqliteSearchIndex(
    new ThreadLink<SearchRequest, SearchResults>(worker, {
      broken: toSearchFailure,
      closed: () => new StoreFailure("SEARCH_INDEX_UNAVAILABLE", ["the index is closed"]),
    }),
  );
}

class SqliteSearchIndex implements SearchIndex {
  readonly #link: ThreadLink<SearchRequest, SearchResults>;

  constructor(link: ThreadLink<SearchRequest, SearchResults>) {
    this.#link = link;
  }

  async replace(key: string, document: SearchedDocument): Promise<void> {
    await this.#link.call({ operation: "replace", key, document: cutDocument(document) });
  }

  async remove(key: string): Promise<void> {
    await this.#link.call({ operation: "remove", key });
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    const { application, kind, cursor, signal } = options;
    signal?.throwIfAborted();
    const { match = "", terms = [] } = readQuery(query) ?? {};
    const search = { match, terms, application, kind };
    const offset = cursor === undefined ? 0 : readSearchCursor(cursor, search);
    if (match === "") return { hits: [] };
    const limit = limitOf(options);
    const found = await this.#link.call({ operation: "search", plan: { ...search, limit, offset } });
    signal?.throwIfAborted();
    const next = found.hasMore ? writeSearchCursor(search, offset + limit) : undefined;
    return next === undefined ? { hits: found.hits } : { hits: found.hits, cursor: next };
  }

  async *indexed({ signal }: Abortable = {}): AsyncGenerator<IndexedDocument> {
    let after: string | undefined = "";
    while (after !== undefined) {
      signal?.throwIfAborted();
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before it ended
      const page: readonly IndexedDocument[] = await this.#link.call({
        operation: "indexed",
        after,
        limit: KEYS,
      });
      yield* page;
      after = page.length < KEYS ? undefined : page.at(-1)?.key;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
  }
}

function limitOf({ limit = 20 }: SearchOptions): number {
  return Number.isNaN(limit) ? 20 : Math.min(50, Math.max(1, Math.trunc(limit)));
}
