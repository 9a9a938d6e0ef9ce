import { writeSync } from "node:fs";
import type { Writable } from "node:stream";
import type { Outlet } from "./outlet.ts";

/**
 * stdout as a pipe, a socket or a terminal. Its stream waits for a slow reader without a thread: `fs.write`
 * on a full pipe would hold one, and then Node cannot even exit.
 */
export class StreamOutlet implements Outlet {
  readonly name: string;
  readonly recovers = false;
  readonly #stream: Writable & { readonly fd?: number };
  readonly #ignore = () => {};

  constructor(stream: Writable & { readonly fd?: number }, name = "stdout") {
    this.name = name;
    this.#stream = stream;
    // Errors also arrive at the callback of the write; without a listener they would end the process.
    stream.on("error", this.#ignore);
  }

  write(chunk: Buffer, done: (error: Error | undefined, written: number) => void): void {
    // A stream may keep what it has said to have taken, and the memory of a chunk is used again.
    this.#stream.write(Buffer.from(chunk), (error) => done(error ?? undefined, error ? 0 : chunk.length));
  }

  writeNow(chunk: Buffer): void {
    // Zero as soon as the kernel has taken the last write, which is before its callback is called. More:
    // the pipe is full, and what cannot follow is lost.
    if (this.#stream.fd === undefined || this.#stream.writableLength > 0) return;
    try {
      writeSync(this.#stream.fd, chunk);
    } catch {
      // The process is ending: there is nobody left to tell.
    }
  }

  reopen(): void {}

  close(): void {
    this.#stream.off("error", this.#ignore);
  }
}
