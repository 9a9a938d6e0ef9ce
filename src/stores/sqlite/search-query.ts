import { searchedText } from "./search-text.ts";

/** Characters and terms; a person types far fewer, and what is beyond is left out. */
const QUERY_LENGTH = 1000;
const TERMS = 32;

/** A quoted phrase, whose closing quote may be missing, or a word. */
const TERM = /"([^"]*)"?|[^\s"]+/gu;

/**
 * What somebody typed as an expression of FTS5: every word the beginning of a word, every phrase as it is.
 * Quoted, nothing in it has a meaning of its own. undefined where there is nothing to search for.
 */
export function matchExpression(query: string): string | undefined {
  const text = searchedText(query.slice(0, QUERY_LENGTH));
  const terms = [...text.matchAll(TERM)].flatMap(([word, phrase]) => {
    const searched = phrase ?? word;
    if (!/[\p{L}\p{N}]/u.test(searched)) return [];
    return phrase === undefined ? [`"${searched}"*`] : [`"${searched}"`];
  });
  // Side by side and not with AND: a term in which FTS5 knows no character is then passed over.
  return terms.length === 0 ? undefined : terms.slice(0, TERMS).join(" ");
}
