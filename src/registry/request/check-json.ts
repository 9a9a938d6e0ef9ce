import { isJsonSpace } from "./json-space.ts";
import { quotedCharacter } from "./quoted-character.ts";
import { UnreadableDefinition } from "./unreadable-definition.ts";

/** As in Go's decoder. What reads specifications later may walk them recursively. */
export const DEEPEST_NESTING = 10_000;

/**
 * Throws UnreadableDefinition, in the words of Go's decoder (registry spec §2.1), where `text` is not exactly
 * one JSON value (RFC 8259). The engine's own parser would quote what stands around the error, which may be
 * a password. Takes time in proportion to the text, and no stack however deep it nests.
 */
export function checkJson(text: string): CheckedJson {
  const scanner = new JsonScanner(text);
  scanner.scan();
  return { isCompact: scanner.isCompact };
}

export interface CheckedJson {
  /** There is no white space but in strings: what is sent by programs mostly has none. */
  readonly isCompact: boolean;
}

const [SPACE, QUOTE, PLUS, COMMA, MINUS, POINT, SLASH, ZERO, NINE, COLON] = [
  0x20, 0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x39, 0x3a,
] as const;
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d] as const;
const [LOWER_E, UPPER_E, LOWER_U] = [0x65, 0x45, 0x75] as const;
const LITERALS = new Map([
  [0x74, "true"],
  [0x66, "false"],
  [0x6e, "null"],
]);
/** `"`, `/`, backslash and b, f, n, r, t; `u` is another matter. */
const SHORT_ESCAPES = new Set([QUOTE, SLASH, BACKSLASH, 0x62, 0x66, 0x6e, 0x72, 0x74]);

/** Of literals, numbers and escapes: where white space cannot stand. */
const STUMBLES_AT_THE_END = /literal (?!$)|numeric literal|escape/;

class JsonScanner {
  isCompact = true;
  readonly #text: string;
  #at = 0;
  /** The closing brackets that are awaited, the innermost last. */
  readonly #open: number[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    do this.#value();
    while (this.#isFollowed());
  }

  /** Passes a scalar or an empty list or object, with all that opens before it. */
  #value(): void {
    for (;;) {
      const code = this.#next();
      if (code === OPEN_OBJECT) {
        if (this.#isEmpty(code, CLOSE_OBJECT)) return;
        this.#key();
      } else if (code === OPEN_LIST) {
        if (this.#isEmpty(code, CLOSE_LIST)) return;
      } else {
        this.#scalar(code);
        return;
      }
    }
  }

  /** After a value: passes what closes, and tells whether another value has to come. */
  #isFollowed(): boolean {
    for (;;) {
      const code = this.#next();
      const closing = this.#open.at(-1);
      if (closing === undefined) {
        if (this.#at < this.#text.length) throw this.#unexpected("after top-level value");
        return false;
      }
      if (code === COMMA) {
        this.#at++;
        if (closing === CLOSE_OBJECT) this.#key();
        return true;
      }
      if (code !== closing) {
        throw this.#unexpected(
          closing === CLOSE_OBJECT ? "after object key:value pair" : "after array element",
        );
      }
      this.#at++;
      this.#open.pop();
    }
  }

  #isEmpty(opening: number, closing: number): boolean {
    if (this.#open.length === DEEPEST_NESTING) {
      throw new UnreadableDefinition(
        `invalid character '${String.fromCharCode(opening)}' exceeded max depth`,
      );
    }
    this.#at++;
    if (this.#next() === closing) {
      this.#at++;
      return true;
    }
    this.#open.push(closing);
    return false;
  }

  #key(): void {
    if (this.#next() !== QUOTE) throw this.#unexpected("looking for beginning of object key string");
    this.#string();
    if (this.#next() !== COLON) throw this.#unexpected("after object key");
    this.#at++;
  }

  #scalar(code: number): void {
    const literal = LITERALS.get(code);
    if (code === QUOTE) this.#string();
    else if (code === MINUS || isDigit(code)) this.#number();
    else if (literal !== undefined) this.#literal(literal);
    else throw this.#unexpected("looking for beginning of value");
  }

  #string(): void {
    this.#at++;
    for (;;) {
      this.#at = this.#pastPlain(this.#at);
      const code = this.#code();
      if (code === QUOTE) break;
      if (code !== BACKSLASH) throw this.#unexpected("in string literal");
      this.#escape();
      this.#at++;
    }
    this.#at++;
  }

  /** Most of a body are plain characters of strings: passed in a loop that keeps nothing but a number. */
  #pastPlain(start: number): number {
    const text = this.#text;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      // At the end of the text there is no code to compare.
      if (code === QUOTE || code === BACKSLASH || !(code >= SPACE)) return at;
      at++;
    }
  }

  #escape(): void {
    this.#at++;
    const code = this.#code();
    if (SHORT_ESCAPES.has(code)) return;
    if (code !== LOWER_U) throw this.#unexpected("in string escape code");
    for (let digit = 0; digit < 4; digit++) {
      this.#at++;
      if (!isHexDigit(this.#code())) throw this.#unexpected("in \\u hexadecimal character escape");
    }
  }

  #number(): void {
    if (this.#code() === MINUS) this.#at++;
    if (this.#code() === ZERO) this.#at++;
    else this.#digits("in numeric literal");
    if (this.#code() === POINT) {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    if (this.#code() === LOWER_E || this.#code() === UPPER_E) {
      this.#at++;
      if (this.#code() === PLUS || this.#code() === MINUS) this.#at++;
      this.#digits("in exponent of numeric literal");
    }
  }

  #digits(context: string): void {
    if (!isDigit(this.#code())) throw this.#unexpected(context);
    while (isDigit(this.#code())) this.#at++;
  }

  #literal(literal: string): void {
    for (const expected of literal) {
      if (this.#text[this.#at] !== expected) {
        throw this.#unexpected(`in literal ${literal} (expecting '${expected}')`);
      }
      this.#at++;
    }
  }

  /** The code of the next character that is not white space; NaN at the end. */
  #next(): number {
    const code = this.#code();
    // Nearly always there is none, and this is asked more often than anything else.
    if (code > SPACE) return code;
    if (isJsonSpace(code)) this.isCompact = false;
    while (isJsonSpace(this.#code())) this.#at++;
    return this.#code();
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #unexpected(context: string): UnreadableDefinition {
    const isEnd = this.#at >= this.#text.length;
    if (isEnd && !STUMBLES_AT_THE_END.test(context))
      return new UnreadableDefinition("unexpected end of JSON input");
    // Go's scanner is given a space at the end, which what is incomplete trips over.
    const character = isEnd ? "' '" : quotedCharacter(this.#text, this.#at);
    return new UnreadableDefinition(`invalid character ${character} ${context}`);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isHexDigit(code: number): boolean {
  // Setting the bit of lower case makes A–F to a–f, and no other character to one of them.
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}
