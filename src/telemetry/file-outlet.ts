import { closeSync, fstatSync, openSync, renameSync, write, writeSync } from "node:fs";
import { basename } from "node:path";
import { OLD_FILES, oldName } from "./old-names.ts";
import type { Outlet } from "./outlet.ts";

const LINE_FEED = 0x0a;

/** Peers and names of callers are in these files: nobody but the owner reads what we create. */
const MODE = 0o600;

const STDOUT = 1;

/**
 * Appends to a file, in the thread pool, so that a slow disk stops no call. Renames it when it has grown to
 * `rotateAt` bytes (0: never). Without a path it is the file that stdout was redirected to.
 */
export class FileOutlet implements Outlet {
  readonly name: string;
  readonly recovers = true;
  readonly #path: string | undefined;
  readonly #rotateAt: number;
  #descriptor: number;
  #size: number;
  #atLineStart = true;

  /** Throws the operating system's error when the file cannot be opened. */
  constructor(path?: string, rotateAt = 0) {
    this.name = path === undefined ? "stdout" : basename(path);
    this.#path = path;
    this.#rotateAt = path === undefined ? 0 : rotateAt;
    this.#descriptor = path === undefined ? STDOUT : openSync(path, "a", MODE);
    this.#size = fstatSync(this.#descriptor).size;
  }

  write(chunk: Buffer, done: (error: Error | undefined, written: number) => void, from = 0): void {
    if (from === 0 && this.#full()) this.#rotate();
    write(this.#descriptor, chunk, from, (error, written) => {
      if (error) return done(error, from);
      const end = from + written;
      this.#size += written;
      this.#atLineStart = chunk[end - 1] === LINE_FEED;
      if (end < chunk.length) this.write(chunk, done, end);
      else done(undefined, end);
    });
  }

  /** A write that the thread pool has taken ends before the process does, but perhaps after this one. */
  writeNow(chunk: Buffer): void {
    try {
      writeSync(this.#descriptor, chunk);
    } catch {
      // The process is ending: there is nobody left to tell.
    }
  }

  reopen(): void {
    if (this.#path === undefined) return;
    const descriptor = openSync(this.#path, "a", MODE);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#size = fstatSync(descriptor).size;
  }

  close(): void {
    if (this.#path !== undefined) closeSync(this.#descriptor);
  }

  #full(): boolean {
    return this.#rotateAt > 0 && this.#size >= this.#rotateAt && this.#atLineStart;
  }

  #rotate(): void {
    const path = this.#path ?? "";
    try {
      for (let number = OLD_FILES - 1; number >= 0; number--) {
        renameIfThere(oldName(path, number), oldName(path, number + 1));
      }
      this.reopen();
    } catch {
      // A folder that became read-only: better one file that grows than lines that are lost. Tried again
      // after as many bytes as a file may have.
      this.#size = 0;
    }
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
