/** Characters of one piece: long enough to cost little each, short enough to be parsed in a millisecond. */
const PIECE = 65_536;

/**
 * Collects the texts of a list's items as what stands between its brackets, in pieces of UTF-8 that each end
 * behind an item. Bytes, because those cross threads without being copied and go into a socket as they are.
 */
export class TextPieces {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #waiting = "";
  #count = 0;

  /** How many items there are. */
  get count(): number {
    return this.#count;
  }

  add(text: string): void {
    this.#waiting += this.#count === 0 ? text : `,${text}`;
    this.#count++;
    if (this.#waiting.length >= PIECE) this.#cut();
  }

  finish(): readonly Uint8Array<ArrayBuffer>[] {
    if (this.#waiting !== "") this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    this.#pieces.push(this.#encoder.encode(this.#waiting));
    this.#waiting = "";
  }
}
