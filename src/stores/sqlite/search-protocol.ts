import type { IndexedDocument, SearchedDocument, SearchHit } from "../search-index.ts";
import type { SearchTerm } from "./search-matches.ts";

export interface SearchPlan {
  /** An expression of FTS5 that is always well-formed. */
  readonly match: string;
  /** The same for snippets. */
  readonly terms: readonly SearchTerm[];
  readonly application: string | undefined;
  readonly kind: string | undefined;
  readonly limit: number;
  /** How many hits go before. */
  readonly offset: number;
}

export type SearchWriteRequest =
  | { readonly operation: "replace"; readonly key: string; readonly document: SearchedDocument }
  | { readonly operation: "remove"; readonly key: string };

export type SearchRequest =
  | SearchWriteRequest
  | { readonly operation: "search"; readonly plan: SearchPlan }
  /** Those whose keys come after `after`, at most `limit`. */
  | { readonly operation: "indexed"; readonly after: string; readonly limit: number }
  | { readonly operation: "close" };

export interface FoundDocuments {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
}

/** What an operation resolves to. */
export interface SearchResults {
  readonly replace: undefined;
  readonly remove: undefined;
  readonly search: FoundDocuments;
  readonly indexed: readonly IndexedDocument[];
  readonly close: undefined;
}

export interface SearchEnvelope {
  readonly id: number;
  readonly request: SearchRequest;
}
