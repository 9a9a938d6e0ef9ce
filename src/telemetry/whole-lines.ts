const LINE_FEED = 0x0a;

/** Cuts what comes through a pipe where lines end: a process may be killed in the middle of one. */
export class WholeLines {
  readonly #take: (lines: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  /** `take` gets one or more whole lines. */
  constructor(take: (lines: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    const isWhole = end === chunk.length && this.#rest.length === 0;
    if (isWhole) return this.#take(chunk);
    if (end > 0) this.#take(Buffer.concat([this.#rest, chunk.subarray(0, end)]));
    this.#rest = end > 0 ? Buffer.from(chunk.subarray(end)) : Buffer.concat([this.#rest, chunk]);
  }
}
