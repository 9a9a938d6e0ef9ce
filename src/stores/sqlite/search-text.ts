import type { SearchedDocument } from "../search-index.ts";

/** Characters; what is beyond is not searched. A longer text would hold up the searches behind it. */
const LIMITS = { title: 1000, names: 64 * 1024, text: 256 * 1024 } as const;

/** How many different inner words of a document are searched. */
const INNER_WORDS = 5000;

/** The document without what is beyond the limits. */
export function cutDocument(document: SearchedDocument): SearchedDocument {
  const { application, kind, version } = document;
  return {
    application,
    kind,
    version,
    title: document.title.slice(0, LIMITS.title),
    names: (document.names ?? "").slice(0, LIMITS.names),
    text: document.text.slice(0, LIMITS.text),
  };
}

/** Title, names and text as they are searched. One character may have become eighteen, so they are cut again. */
export function searchedTexts({ title, names = "", text }: SearchedDocument): readonly string[] {
  return [
    searchedText(title).slice(0, LIMITS.title),
    searchedText(names).slice(0, LIMITS.names),
    searchedText(text).slice(0, LIMITS.text),
  ].map((searched) => searched.toWellFormed());
}

/**
 * A text in the form in which it is searched and shown: one line, without control characters, and with one way to
 * write each character, such as full-width letters.
 */
export function searchedText(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFKC")
    .replace(/\p{Cc}+/gu, " ");
}

const WORD = /[\p{L}\p{N}]+/gu;
/** Before a capital that follows a small letter or digit, and before the last of several that begins a word. */
const SEAM = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/**
 * Words inside words: `created` of `OrderCreated`, `parser` of `XMLParser`. A search looks at the beginnings of
 * words, so the first one is found without this.
 */
export function innerWords(texts: readonly string[]): string {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.matchAll(WORD)) {
      for (const inner of laterParts(word)) {
        if (found.size >= INNER_WORDS) return [...found].join(" ");
        found.add(inner.toLowerCase());
      }
    }
  }
  return [...found].join(" ");
}

/** What stands behind the seams of a word. Nearly all are ASCII, for which an expression takes ten times as long. */
function laterParts(word: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let before = word.charCodeAt(0);
  if (before > 0x7f) return word.split(SEAM).slice(1);
  for (let place = 1; place < word.length; place++) {
    const code = word.charCodeAt(place);
    if (code > 0x7f) return word.split(SEAM).slice(1);
    const isSeam = isCapital(code) && (!isCapital(before) || isSmall(word.charCodeAt(place + 1)));
    if (isSeam) {
      if (start > 0) parts.push(word.slice(start, place));
      start = place;
    }
    before = code;
  }
  return start > 0 ? [...parts, word.slice(start)] : parts;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isSmall(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}
