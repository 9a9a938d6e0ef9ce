import type { Output } from "../terminal.ts";

/** One line that tells what a command is waiting for, on a terminal only; it goes when the wait ends. */
export class Progress implements Disposable {
  readonly #output: Output;
  #shown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  show(text: string): void {
    if (this.#output.isTTY !== true) return;
    this.#shown = true;
    this.#output.write(`\r\u001B[K${text} …`);
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#output.write("\r\u001B[K");
  }
}
