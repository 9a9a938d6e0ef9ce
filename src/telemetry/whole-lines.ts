const LINE_FEED = 0x0a;

/** Room for the beginning of a line, until a longer one comes. Bytes. */
const ROOM = 8_192;

/**
 * Cuts what comes through a pipe where lines end: a process may be killed in the middle of one. What is taken is
 * in the memory that it came in, or in memory that is used again: megabytes of new buffers every second make V8
 * collect the whole heap.
 */
export class WholeLines {
  readonly #take: (lines: Buffer) => void;
  /** Begins with the line that has not ended yet. */
  #rest: Buffer = Buffer.allocUnsafeSlow(ROOM);
  #length = 0;

  /** `take` gets one or more whole lines, and does not keep their memory beyond the call. */
  constructor(take: (lines: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const begin = this.#length > 0 ? this.#completed(chunk) : 0;
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > begin) this.#take(chunk.subarray(begin, end));
    this.#keep(chunk.subarray(Math.max(begin, end)));
  }

  /** How much of `chunk` belongs to the line that has begun, which is taken if it ends there. */
  #completed(chunk: Buffer): number {
    const end = chunk.indexOf(LINE_FEED) + 1;
    if (end === 0) return 0;
    this.#keep(chunk.subarray(0, end));
    this.#take(this.#rest.subarray(0, this.#length));
    this.#length = 0;
    return end;
  }

  #keep(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#rest.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#rest.copy(larger, 0, 0, this.#length);
      this.#rest = larger;
    }
    bytes.copy(this.#rest, this.#length);
    this.#length = length;
  }
}
