import { malformed, parseTrailers } from "./answer-head.ts";
import { TransportError } from "../transport-error.ts";

/** Longest chunk-size line, extensions included, in bytes. Nobody we know uses extensions. */
const LONGEST_SIZE_LINE = 1024;
const CR = 0x0d;
const LF = 0x0a;

/** RFC 9112 §7.1; an extension may follow, which is ignored. 13 digits are what a number holds exactly. */
// eslint-disable-next-line no-control-regex -- extensions must be free of control characters
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;[^\0-\x08\x0a-\x1f\x7f]*)?$/;

export interface ChunkedOptions {
  /** Called at most once for each `take`: a body in tiny chunks costs no more than one in large ones. */
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
  /** Where the data of all chunks in the bytes at hand are put together, in these bytes themselves. */
  #dataStart = 0;
  #dataEnd = 0;

  constructor(options: ChunkedOptions) {
    this.#options = options;
  }

  /**
   * Answers how many bytes belonged to the body, once it has ended; undefined when more is to come. Moves
   * data about within `bytes`.
   */
  take(bytes: Buffer): number | undefined {
    this.#dataStart = 0;
    this.#dataEnd = 0;
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
        case "trailers":
          return this.#takeTrailers(bytes, position);
      }
    }
    this.#handOn(bytes);
    return undefined;
  }

  #takeSize(bytes: Buffer, position: number): number {
    const lineFeed = bytes.indexOf(LF, position);
    const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
    if (this.#pending.length + end - position > LONGEST_SIZE_LINE) throw malformed("an endless chunk size");
    this.#pending += bytes.toString("latin1", position, end);
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
    if (this.#dataEnd === this.#dataStart) {
      this.#dataStart = position;
      this.#dataEnd = end;
    } else {
      bytes.copyWithin(this.#dataEnd, position, end);
      this.#dataEnd += end - position;
    }
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
    if ((end === -1 ? text.length : end) > this.#options.maxTrailerSize) {
      throw new TransportError("HEAD_TOO_LARGE", "its trailers are too large");
    }
    this.#pending = text;
    const trailers = end > 0 ? parseTrailers(text.slice(0, end)) : [];
    this.#handOn(bytes);
    if (end === -1) return undefined;
    this.#options.end(trailers);
    return position + end + (end === 0 ? 2 : 4) - known;
  }

  #handOn(bytes: Buffer): void {
    if (this.#dataEnd > this.#dataStart) this.#options.data(bytes.subarray(this.#dataStart, this.#dataEnd));
  }
}
