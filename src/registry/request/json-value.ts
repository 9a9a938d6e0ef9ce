import { isJsonSpace } from "./json-space.ts";

export type JsonKind = "object" | "array" | "string" | "number" | "bool" | "null";

/**
 * A value inside a JSON text that `checkJson` let pass, read without building it: the spelling of numbers, the
 * order of keys and the duplicates of a specification must survive (registry spec §2.2).
 */
export class JsonValue {
  readonly #text: string;
  readonly #start: number;
  readonly #isCompact: boolean;
  #knownEnd: number | undefined;

  /** `start` may stand before white space. `isCompact`: the whole text is known to have none. */
  constructor(text: string, start = 0, isCompact = false) {
    this.#text = text;
    this.#start = pastSpace(text, start);
    this.#isCompact = isCompact;
  }

  /** In the words of Go's decoder. */
  get kind(): JsonKind {
    return KINDS.get(this.#text[this.#start]) ?? "number";
  }

  /** Offset after the value's last character. */
  get end(): number {
    this.#knownEnd ??= endOfValue(this.#text, this.#start);
    return this.#knownEnd;
  }

  /** Of an object, in the order of the text, duplicates too. */
  *members(): Generator<readonly [key: string, value: JsonValue]> {
    let at = pastSpace(this.#text, this.#start + 1);
    while (this.#text[at] !== "}") {
      const key = new JsonValue(this.#text, at);
      const value = this.#at(pastSpace(this.#text, key.end) + 1);
      yield [key.string(), value];
      at = pastComma(this.#text, value.end);
    }
    // Whoever has seen all members need not look for the end again.
    this.#knownEnd = at + 1;
  }

  /** Of an array. */
  *items(): Generator<JsonValue> {
    let at = pastSpace(this.#text, this.#start + 1);
    while (this.#text[at] !== "]") {
      const item = this.#at(at);
      yield item;
      at = pastComma(this.#text, item.end);
    }
    this.#knownEnd = at + 1;
  }

  /** What a string says. Half of a surrogate pair becomes U+FFFD, as in Go: it cannot be stored as UTF-8. */
  string(): string {
    const value: unknown = JSON.parse(this.#text.slice(this.#start, this.end));
    return String(value).toWellFormed();
  }

  /** As it is written, without insignificant white space; half of a surrogate pair as in `string`. */
  compact(): string {
    const text = this.#text.slice(this.#start, this.end).toWellFormed();
    return this.#isCompact ? text : compactJson(text);
  }

  #at(start: number): JsonValue {
    return new JsonValue(this.#text, start, this.#isCompact);
  }
}

const KINDS = new Map<string | undefined, JsonKind>([
  ["{", "object"],
  ["[", "array"],
  ['"', "string"],
  ["t", "bool"],
  ["f", "bool"],
  ["n", "null"],
]);

const [QUOTE, COMMA] = [0x22, 0x2c] as const;
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d] as const;

/** Of a JSON text without halves of surrogate pairs; strings keep their spaces. */
export function compactJson(text: string): string {
  // Byte by byte in place: a specification may have a million short lines, too many pieces to cut and join.
  const bytes = Buffer.from(text);
  let kept = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (!isInString && isJsonSpace(byte)) continue;
    bytes[kept++] = byte;
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString && byte === BACKSLASH) bytes[kept++] = bytes[++at] ?? 0;
  }
  return kept === bytes.length ? text : bytes.toString("utf8", 0, kept);
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return endOfNesting(text, start);
  let at = start;
  while (at < text.length && !endsScalar(text.charCodeAt(at))) at++;
  return at;
}

function endOfNesting(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  // Never without end in a text that was checked; no endless loop in another.
  return quote < 0 ? text.length : quote + 1;
}

/** After an odd number of backslashes. Each of them is counted once, for the quote that follows it. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}

function pastSpace(text: string, start: number): number {
  let at = start;
  while (isJsonSpace(text.charCodeAt(at))) at++;
  return at;
}

/** To what follows a value in a list or object: the next one, or the bracket that closes. */
function pastComma(text: string, end: number): number {
  const at = pastSpace(text, end);
  return text.charCodeAt(at) === COMMA ? pastSpace(text, at + 1) : at;
}

function endsScalar(code: number): boolean {
  return isJsonSpace(code) || code === COMMA || code === CLOSE_OBJECT || code === CLOSE_LIST;
}
