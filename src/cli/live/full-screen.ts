import type { Output } from "../terminal.ts";

/**
 * A terminal of which every line is ours, until disposed of: then everything is as it was before. Control sequences
 * of ECMA-48 and xterm, which every terminal in use knows.
 */
export class FullScreen implements Disposable {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
    // The other screen, without a cursor, and long lines are cut and not continued.
    output.write("\u001B[?1049h\u001B[?25l\u001B[?7l");
  }

  /**
   * Characters that a line may have. The last column stays empty: behind a character there, the cursor still stands on
   * it, and what clears the rest of the line takes it away.
   */
  get width(): number {
    return Math.max(1, (this.#output.columns || 80) - 1);
  }

  get height(): number {
    return this.#output.rows || 24;
  }

  /** In one piece, over what was there: nothing is cleared before, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\u001B[K`).join("\r\n");
    this.#output.write(`\u001B[H${text}\u001B[J`);
  }

  [Symbol.dispose](): void {
    this.#output.write("\u001B[?7h\u001B[?25h\u001B[?1049l");
  }
}
