import { malformed, parseHeaderLines } from "./answer-head.ts";
import { Http1Error } from "./failures.ts";

/** Longest chunk-size line, extensions included, in bytes. Nobody we know uses extensions. */
const LONGEST_SIZE_LINE = 1024;
const CR = 0x0d;
const LF = 0x0a;

/** RFC 9112 §7.1; an extension may follow, which is ignored. 13 digits are what a number holds exactly. */
// eslint-disable-next-line no-control-regex -- extensions must be free of control characters
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;[^\0-\x08\x0a-\x1f\x7f]*)?$/;

export interface ChunkedOptions {
  readonly data: (piece: Buffer) => void;
  readonly end: (trailers: string[]) => void;
  /** Largest trailer section, in bytes. */
  readonly maxTrailerSize: number;
}

/** Takes a chunked body apart (RFC 9112 §7.1), strictly: only CRLF ends a line. */
export class ChunkedBody {
  readonly #options: ChunkedOptions;
  #state: "size" | "data" | "data-end" | "trailers" = "size";
  /** Bytes of the current chunk that are still to come. */
  #remaining = 0;
  /** Beginning of a line, or of the trailers, that has not ended yet. */
  #pending = "";

  constructor(options: ChunkedOptions) {
    this.#options = options;
  }

  /** Answers how many bytes belonged to the body, once it has ended; undefined when more is to come. */
  take(bytes: Buffer): number | undefined {
    let position = 0;
    while (position < bytes.length) {
      switch (this.#state) {
        case "size":
          position = this.#takeSize(bytes, position);
          break;
        case "data":
          position = this.#takeData(bytes, position);
          break;
        case "data-end":
          position = this.#takeDataEnd(bytes, position);
          break;
        case "trailers": {
          const end = this.#takeTrailers(bytes, position);
          if (end !== undefined) return end;
          position = bytes.length;
        }
      }
    }
    return undefined;
  }

  #takeSize(bytes: Buffer, position: number): number {
    const lineFeed = bytes.indexOf(LF, position);
    const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
    this.#pending += bytes.toString("latin1", position, end);
    if (this.#pending.length > LONGEST_SIZE_LINE) throw malformed("an endless chunk size");
    if (lineFeed === -1) return end;
    if (!this.#pending.endsWith("\r\n")) throw malformed("a chunk size that CRLF does not end");
    const match = SIZE_LINE.exec(this.#pending.slice(0, -2));
    if (!match) throw malformed("an illegal chunk size");
    this.#pending = "";
    this.#remaining = Number.parseInt(match[1] as string, 16);
    this.#state = this.#remaining === 0 ? "trailers" : "data";
    return end;
  }

  #takeData(bytes: Buffer, position: number): number {
    const end = Math.min(bytes.length, position + this.#remaining);
    this.#remaining -= end - position;
    if (this.#remaining === 0) this.#state = "data-end";
    this.#options.data(bytes.subarray(position, end));
    return end;
  }

  #takeDataEnd(bytes: Buffer, position: number): number {
    const expected = this.#pending === "" ? CR : LF;
    if (bytes[position] !== expected) throw malformed("a chunk that is longer than its size");
    this.#pending = expected === CR ? "\r" : "";
    if (expected === LF) this.#state = "size";
    return position + 1;
  }

  /** Answers where the body ends in `bytes`, or undefined when the trailers go on. */
  #takeTrailers(bytes: Buffer, position: number): number | undefined {
    const known = this.#pending.length;
    const text = this.#pending + bytes.toString("latin1", position);
    // Without trailers the empty line follows at once.
    const end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n", Math.max(0, known - 3));
    const length = end === -1 ? text.length : end;
    if (length > this.#options.maxTrailerSize)
      throw new Http1Error("HEAD_TOO_LARGE", "its trailers are too large");
    if (end === -1) {
      this.#pending = text;
      return undefined;
    }
    const lines = text.slice(0, end);
    this.#options.end(end === 0 ? [] : parseTrailers(lines));
    return position + end + (end === 0 ? 2 : 4) - known;
  }
}

function parseTrailers(lines: string): string[] {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/.test(lines)) {
    throw malformed("a control character in its trailers");
  }
  return parseHeaderLines(lines, 0);
}
