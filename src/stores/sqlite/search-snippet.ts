import type { SnippetPiece } from "../search-index.ts";
import { matchesIn, type SearchTerm, type Span } from "./search-matches.ts";

/** Characters before the first match, and altogether. */
const BEFORE = 80;
const LENGTH = 240;

/** What stands around the first match; undefined where there is none. */
export function snippetOf(text: string, terms: readonly SearchTerm[]): readonly SnippetPiece[] | undefined {
  let window: Span | undefined;
  const matches: Span[] = [];
  for (const match of matchesIn(text, terms)) {
    window ??= windowAround(text, match.start);
    if (match.start >= window.end) break;
    matches.push({ start: match.start, end: Math.min(match.end, window.end) });
  }
  return window && cutOut(text, window, matches);
}

export function beginningOf(text: string): readonly SnippetPiece[] {
  return cutOut(text, windowAround(text, 0), []);
}

function windowAround(text: string, place: number): Span {
  const start = startBefore(text, place);
  return { start, end: endAfter(text, start) };
}

/** Behind a space if there is one. */
function startBefore(text: string, place: number): number {
  if (place <= BEFORE) return 0;
  const space = text.slice(place - BEFORE, place).indexOf(" ");
  return space < 0 ? betweenCharacters(text, place - BEFORE) : place - BEFORE + space + 1;
}

/** Before a space if there is one in the last third. */
function endAfter(text: string, start: number): number {
  const end = start + LENGTH;
  if (end >= text.length) return text.length;
  const third = end - LENGTH / 3;
  const space = text.slice(third, end + 1).lastIndexOf(" ");
  return space < 0 ? betweenCharacters(text, end) : third + space;
}

/** Not between the two halves of one. */
function betweenCharacters(text: string, place: number): number {
  return (text.codePointAt(place - 1) ?? 0) > 0xffff ? place + 1 : place;
}

/** The matches are in order; those of several terms may overlap. */
function cutOut(text: string, window: Span, matches: readonly Span[]): readonly SnippetPiece[] {
  const pieces: SnippetPiece[] = [{ text: window.start > 0 ? "…" : "", matched: false }];
  let place = window.start;
  for (const { start, end } of matches) {
    pieces.push({ text: text.slice(place, Math.max(place, start)), matched: false });
    pieces.push({ text: text.slice(Math.max(place, start), end), matched: true });
    place = Math.max(place, end);
  }
  pieces.push({ text: text.slice(place, window.end), matched: false });
  pieces.push({ text: window.end < text.length ? "…" : "", matched: false });
  return pieces.filter((piece) => piece.text !== "");
}
