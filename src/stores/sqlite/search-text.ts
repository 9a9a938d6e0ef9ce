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
  // Nearly all texts: of their characters there is one form, and of their controls the end of a line alone.
  if (!ODD.test(text)) return text.replace(/\n+/g, " ");
  return text
    .toWellFormed()
    .normalize("NFKC")
    .replace(/\p{Cc}+/gu, " ");
}

/** A character that has other forms, or is a control. */
const ODD = /[^\n -~]/;

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
    if (!ODD.test(text)) addPlainParts(text, found);
    else {
      for (const [word] of text.matchAll(WORD)) for (const part of laterParts(word)) addPart(part, found);
    }
  }
  return [...found].join(" ");
}

function addPart(part: string, found: Set<string>): void {
  if (found.size < INNER_WORDS) found.add(part.toLowerCase());
}

/** The same for a text without odd characters, for which an expression takes many times as long. */
function addPlainParts(text: string, found: Set<string>): void {
  /** Where the part that is being read begins, if it is not the first of its word. */
  let start = -1;
  let before = OTHER;
  for (let place = 0; place <= text.length; place++) {
    const kind = place < text.length ? (KINDS[text.charCodeAt(place)] ?? OTHER) : OTHER;
    if (kind === OTHER) {
      if (start >= 0) addPart(text.slice(start, place), found);
      start = -1;
    } else if (kind === CAPITAL && before !== OTHER && isSeam(before, text.charCodeAt(place + 1))) {
      if (start >= 0) addPart(text.slice(start, place), found);
      start = place;
    }
    before = kind;
  }
}

/** Before a capital of a word. */
function isSeam(before: number, next: number): boolean {
  return before !== CAPITAL || KINDS[next] === SMALL;
}

const [OTHER, SMALL, CAPITAL, DIGIT] = [0, 1, 2, 3];
/** By their codes. */
const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCodePoint(code);
  if (/[a-z]/.test(character)) return SMALL;
  if (/[A-Z]/.test(character)) return CAPITAL;
  return /[0-9]/.test(character) ? DIGIT : OTHER;
});

/** What stands behind the seams of a word. */
function laterParts(word: string): readonly string[] {
  return word.split(SEAM).slice(1);
}
