import { foldedWords, type SearchTerm } from "./search-matches.ts";
import { searchedText } from "./search-text.ts";

export interface ReadQuery {
  /** An expression of FTS5: all terms. */
  readonly match: string;
  readonly terms: readonly SearchTerm[];
}

/** Characters and terms; a person types fewer, what is beyond is left out, and each costs time in every text. */
const QUERY_LENGTH = 300;
const TERMS = 16;

/** A quoted phrase, whose closing quote may be missing, or a word. */
const TERM = /"([^"]*)"?|[^\s"]+/gu;

/**
 * What somebody typed: every word is the beginning of a word, every phrase stands as it is. Quoted for FTS5,
 * nothing in it has a meaning of its own. undefined where there is nothing to search for.
 */
export function readQuery(query: string): ReadQuery | undefined {
  const text = searchedText(query.slice(0, QUERY_LENGTH));
  const found = [...text.matchAll(TERM)].map(([word, phrase]) => ({
    text: phrase ?? word,
    isPrefix: phrase === undefined,
  }));
  const expressions = new Map<string, SearchTerm>();
  for (const { text: searched, isPrefix } of found) {
    if (expressions.size === TERMS) break;
    if (!/[\p{L}\p{N}]/u.test(searched)) continue;
    expressions.set(`"${searched}"${isPrefix ? "*" : ""}`, { words: foldedWords(searched), isPrefix });
  }
  if (expressions.size === 0) return undefined;
  // Side by side and not with AND: a term in which FTS5 knows no character is then passed over.
  return { match: [...expressions.keys()].join(" "), terms: [...expressions.values()] };
}
