import type { Abortable } from "./store.ts";

/** What of a document is searched. Long texts are cut where the index says; nothing of it is ever refused. */
export interface SearchedDocument {
  readonly application: string;
  /** Such as `openapi`; a search can be narrowed to it. */
  readonly kind: string;
  /** Weighs most; shown with every hit. */
  readonly title: string;
  /** Names of operations, channels, entities and the like, which weigh more than the text around them. */
  readonly names?: string;
  readonly text: string;
  /** Changes when the document does, such as its hash: to see later whether what is indexed is still current. */
  readonly version: string;
}

export interface IndexedDocument {
  readonly key: string;
  readonly version: string;
}

export interface SearchOptions extends Abortable {
  readonly application?: string;
  readonly kind?: string;
  /** 1 to 50 hits, 20 by default; what is outside is brought inside. */
  readonly limit?: number;
  /** What the page before of the same search returned; any other text → SEARCH_BAD_CURSOR. */
  readonly cursor?: string;
}

/** Text as it stands in the document, which may be anything: escape it where it is shown. */
export interface SnippetPiece {
  readonly text: string;
  readonly matched: boolean;
}

export interface SearchHit {
  readonly key: string;
  readonly application: string;
  readonly kind: string;
  readonly title: string;
  /** A passage around a match. */
  readonly snippet: readonly SnippetPiece[];
  /** Higher is better; comparable within one search only. */
  readonly rank: number;
}

export interface SearchPage {
  /** The best first. */
  readonly hits: readonly SearchHit[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/**
 * Finds documents by their words. It holds nothing that cannot be made again from the documents: an index that
 * is missing, damaged or of another version is begun anew, empty, and `indexed` says what is in it. That can
 * also happen while it is open: then what was asked for is refused with SEARCH_INDEX_UNAVAILABLE, as it is
 * whenever the index cannot be used.
 */
export interface SearchIndex extends AsyncDisposable {
  /** What was indexed under the key before is gone. `key` is for the caller to choose, and not empty. */
  replace(key: string, document: SearchedDocument): Promise<void>;
  /** Nothing happens where there is none. */
  remove(key: string): Promise<void>;
  /**
   * Documents in which every word of the query begins a word, whatever its case and accents, and every "quoted
   * phrase" stands as it is. No text is an error: what holds no letter and no digit finds nothing.
   */
  search(query: string, options?: SearchOptions): Promise<SearchPage>;
  /** All there are, by key. */
  indexed(options?: Abortable): AsyncIterable<IndexedDocument>;
}
