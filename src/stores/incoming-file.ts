import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { StoreFailure } from "./store-failure.ts";
import { onDisk } from "./blob-errors.ts";

export interface ReceivedContent {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

/** Content on its way in: a file that nobody looks for until it is whole, and that goes where it stays none. */
export class IncomingFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<IncomingFile> {
    return new IncomingFile(path, await onDisk(open(path, "wx", 0o600)));
  }

  /** BLOB_TOO_LARGE as soon as it is more than `limit` bytes. */
  async receive(pieces: AsyncIterable<Uint8Array>, limit: number): Promise<ReceivedContent> {
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of pieces) {
      size += piece.length;
      if (size > limit) throw new StoreFailure("BLOB_TOO_LARGE", [limit]);
      hash.update(piece);
      // `write` may write a part; this goes on behind what was written before.
      await onDisk(this.#file.writeFile(piece));
    }
    return { hash: hash.digest("hex"), size };
  }

  /** What was received, from its beginning; who stops reading before the end destroys it. */
  content(): Readable {
    // A stream of the handle would close it with itself, also where it is told not to.
    return createReadStream(this.#path);
  }

  /** On the disk and dated, under its name at last; to be durable the name needs its directory's fsync. */
  async moveTo(path: string, putAt: number): Promise<void> {
    const time = new Date(putAt);
    await this.#file.utimes(time, time);
    await this.#file.sync();
    await rename(this.#path, path);
  }

  /** Never rejects: what cannot be removed now is removed at the next opening. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}
