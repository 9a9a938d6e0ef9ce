/** A word or a quoted phrase of a query. */
export interface SearchTerm {
  /** As `foldedWord` gives them. */
  readonly words: readonly string[];
  /** The last word is only how a word begins. */
  readonly isPrefix: boolean;
}

/** Places in a text, `end` being the first one behind. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What FTS5 takes for a word (unicode61); accents stay in it and are dropped by folding. */
const WORD = /[\p{L}\p{N}\p{Co}\p{M}]+/gu;

/** Without case and accents, about as FTS5 compares. */
function foldedWord(word: string): string {
  return word
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("ς", "σ");
}

/** The words of a text that is short. */
export function foldedWords(text: string): readonly string[] {
  return Array.from(text.matchAll(WORD), ([word]) => foldedWord(word));
}

/**
 * Where the terms stand in a text, from its beginning; whoever has enough stops. FTS5 cuts snippets too, but
 * compares every match with every other one: a text that repeats a word without end would occupy it for hours.
 */
export function* matchesIn(text: string, terms: readonly SearchTerm[]): Generator<Span> {
  const most = Math.max(0, ...terms.map(({ words }) => words.length));
  const last: (Span & { readonly word: string })[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    last.push({ start: index, end: index + word.length, word: foldedWord(word) });
    if (last.length > most) last.shift();
    const words = last.map((seen) => seen.word);
    const lengths = terms.filter((term) => endsWith(words, term)).map((term) => term.words.length);
    const start = last.at(-Math.max(0, ...lengths))?.start;
    if (lengths.length > 0 && start !== undefined) yield { start, end: index + word.length };
  }
}

function endsWith(seen: readonly string[], { words, isPrefix }: SearchTerm): boolean {
  const offset = seen.length - words.length;
  if (offset < 0) return false;
  return words.every((word, place) => {
    const found = seen[offset + place] ?? "";
    return isPrefix && place === words.length - 1 ? found.startsWith(word) : found === word;
  });
}
