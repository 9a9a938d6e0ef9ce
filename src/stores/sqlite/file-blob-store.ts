import type { Stats } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { onDisk, toBlobFailure, unlessMissing } from "../blob-errors.ts";
import type { BlobStore, KeptBlob } from "../blob-store.ts";
import { contentPieces } from "../content-pieces.ts";
import { IncomingFile } from "../incoming-file.ts";
import { OpenWork } from "../open-work.ts";
import { ProcessLeases } from "../process-lease.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Abortable } from "../store.ts";
import { BlobTree, syncDirectory } from "./blob-tree.ts";
import { hashFile } from "./hash-file.ts";

export interface FileBlobStoreOptions {
  /**
   * The data directory; made where it does not exist. One process uses it at a time, which the lock of the
   * store in it sees to: what another one is receiving would be taken for left over.
   */
  readonly directory: string;
  readonly clock: Clock;
}

/**
 * Blobs as files `blobs/ab/cd/<hash>` of a data directory, for its owner alone. Rejects with STORE_DIRECTORY,
 * BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE.
 */
export async function openFileBlobStore({ directory, clock }: FileBlobStoreOptions): Promise<BlobStore> {
  return new FileBlobStore(await onDisk(BlobTree.open(resolve(directory))), clock);
}

class FileBlobStore implements BlobStore {
  readonly #tree: BlobTree;
  readonly #clock: Clock;
  readonly #work = new OpenWork();
  /** Of one hash, what comes and goes takes turns: a put that says it is done was not deleted meanwhile. */
  readonly #turns = new ProcessLeases("", this.#work.closed);

  constructor(tree: BlobTree, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
  }

  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    { signal, limit = Number.POSITIVE_INFINITY }: Abortable & { limit?: number } = {},
  ): Promise<KeptBlob> {
    const closed = this.#work.closed;
    const stop = signal ? AbortSignal.any([signal, closed]) : closed;
    return this.#work.run(async () => {
      stop.throwIfAborted();
      await using incoming = await IncomingFile.create(this.#tree.newIncoming());
      const { hash, size } = await incoming.receive(contentPieces(content, stop), limit);
      await using _turn = await this.#turns.acquire(hash, { signal: stop });
      const putAt = this.#clock.now();
      await onDisk(this.#keep(incoming, hash, putAt));
      return { hash, size, putAt };
    });
  }

  get(hash: string, { signal }: Abortable = {}): Promise<Buffer | undefined> {
    return this.#at(hash, async (path) => {
      signal?.throwIfAborted();
      await using file = await onDisk(unlessMissing(open(path, "r")));
      if (!file) return undefined;
      const { size } = await onDisk(file.stat());
      const content = Buffer.allocUnsafeSlow(size);
      const found = await onDisk(hashFile(file, { into: content, signal }));
      if (found !== hash) throw new StoreFailure("BLOB_DAMAGED", [hash]);
      return content;
    });
  }

  async has(hash: string): Promise<boolean> {
    const found = await this.#at(hash, (path) => onDisk(unlessMissing(stat(path))));
    return found?.isFile() ?? false;
  }

  async delete(
    hash: string,
    { putBefore = Number.POSITIVE_INFINITY }: { putBefore?: number } = {},
  ): Promise<void> {
    await this.#at(hash, async (path) => {
      await using _turn = await this.#turns.acquire(hash);
      const found = await onDisk(unlessMissing(stat(path)));
      // No fsync: what a power cut brings back is found and deleted by the next collection.
      if (found && putAtOf(found) < putBefore) await onDisk(rm(path, { force: true }));
    });
  }

  async *list({ signal }: Abortable = {}): AsyncGenerator<KeptBlob> {
    const closed = this.#work.closed;
    closed.throwIfAborted();
    try {
      for await (const { hash, path } of this.#tree.blobs()) {
        signal?.throwIfAborted();
        closed.throwIfAborted();
        const found = await unlessMissing(stat(path));
        if (found?.isFile()) yield { hash, size: found.size, putAt: putAtOf(found) };
      }
    } catch (error) {
      throw toBlobFailure(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work.close(new StoreFailure("BLOB_STORE_UNAVAILABLE", ["the store is closed"]));
  }

  async #keep(incoming: IncomingFile, hash: string, putAt: number): Promise<void> {
    const path = await this.#tree.prepare(hash);
    if (!(await renew(path, hash, putAt))) await incoming.moveTo(path, putAt);
    await syncDirectory(dirname(path));
  }

  async #at<Result>(hash: string, work: (path: string) => Promise<Result>): Promise<Result | undefined> {
    const path = this.#tree.pathOf(hash);
    return path === undefined ? undefined : this.#work.run(() => work(path));
  }
}

function putAtOf({ mtimeMs }: Stats): number {
  return Math.round(mtimeMs);
}

/** Dates content that is there and whole; false where it is missing or damaged. */
async function renew(path: string, hash: string, putAt: number): Promise<boolean> {
  await using file = await unlessMissing(open(path, "r"));
  // What the disk cannot read is as good as damaged, and the content is at hand.
  const found = file && (await hashFile(file).catch(() => undefined));
  if (!file || found !== hash) return false;
  const time = new Date(putAt);
  await file.utimes(time, time);
  // What another process moved here may not have reached the disk as a whole: it was killed before it said so.
  await file.sync();
  return true;
}
