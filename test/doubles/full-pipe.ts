import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TemporaryDirectory } from "./temporary-directory.ts";

/** What a pipe takes at once or not at all. Bytes. */
const PAGE = Buffer.alloc(4096, "-");

/** A pipe that is full, so that already the first word written to it waits for a reader. */
export class FullPipe implements Disposable {
  /** To be written to by the process under test. */
  readonly descriptor: number;
  readonly #directory = new TemporaryDirectory();
  readonly #reader: number;

  constructor() {
    const path = join(this.#directory.path, "pipe");
    execFileSync("mkfifo", [path]);
    this.#reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    while (moved(() => writeSync(this.descriptor, PAGE)) > 0);
  }

  /** All that is in it, without what had filled it. */
  read(): string {
    const room = Buffer.alloc(65_536);
    let text = "";
    for (;;) {
      const length = moved(() => readSync(this.#reader, room));
      if (length === 0) return text.replace(/^-{4096,}/, "");
      text += room.toString("utf8", 0, length);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
    closeSync(this.#reader);
    this.#directory[Symbol.dispose]();
  }
}

/** Bytes; zero where the pipe is full or empty. */
function moved(move: () => number): number {
  try {
    return move();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
