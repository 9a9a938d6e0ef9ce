import { hash as hashOf } from "node:crypto";
import { resolve } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { BlobStore, KeptBlob, Putting } from "../blob-store.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Abortable } from "../store.ts";
import { openFileBlobStore, type FileBlobStoreOptions } from "./file-blob-store.ts";
import { SmallBlobs } from "./small-blobs.ts";

/** Bytes up to which content that comes as a whole stands in the database: it is in memory at once anyway. */
const SMALL = 1024 * 1024;

/**
 * The blobs of a data directory: small ones in a database, others in files. Rejects with STORE_DIRECTORY,
 * BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE.
 */
export async function openLocalBlobStore({ directory, clock }: FileBlobStoreOptions): Promise<BlobStore> {
  await using stack = new AsyncDisposableStack();
  const files = stack.use(await openFileBlobStore({ directory, clock }));
  const small = stack.use(await SmallBlobs.open(resolve(directory)));
  stack.move();
  return new LayeredBlobStore(small, files, clock);
}

/** A content may be in both: whoever put it in pieces did not know how large it would be. */
class LayeredBlobStore implements BlobStore {
  readonly #small: SmallBlobs;
  readonly #files: BlobStore;
  readonly #clock: Clock;

  constructor(small: SmallBlobs, files: BlobStore, clock: Clock) {
    this.#small = small;
    this.#files = files;
    this.#clock = clock;
  }

  async put(content: AsyncIterable<Uint8Array> | Uint8Array, options: Putting = {}): Promise<KeptBlob> {
    if (!(content instanceof Uint8Array) || content.length > SMALL) {
      return await this.#files.put(content, options);
    }
    const { signal, limit = Number.POSITIVE_INFINITY, hash = hashOf("sha256", content) } = options;
    signal?.throwIfAborted();
    if (content.length > limit) throw new StoreFailure("BLOB_TOO_LARGE", [limit]);
    const putAt = this.#clock.now();
    await this.#small.put({ hash, content, putAt });
    return { hash, size: content.length, putAt };
  }

  async get(hash: string, options: Abortable = {}): Promise<Buffer | undefined> {
    options.signal?.throwIfAborted();
    return (await this.#small.get(hash)) ?? (await this.#files.get(hash, options));
  }

  async has(hash: string): Promise<boolean> {
    return (await this.#small.has(hash)) || (await this.#files.has(hash));
  }

  async delete(
    hash: string,
    { putBefore = Number.POSITIVE_INFINITY }: { readonly putBefore?: number } = {},
  ): Promise<void> {
    await this.#small.delete(hash, putBefore);
    await this.#files.delete(hash, { putBefore });
  }

  async *list(options: Abortable = {}): AsyncGenerator<KeptBlob> {
    for await (const blob of this.#small.list()) {
      options.signal?.throwIfAborted();
      yield blob;
    }
    for await (const blob of this.#files.list(options)) {
      if (!(await this.#small.has(blob.hash))) yield blob;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#small[Symbol.asyncDispose](), this.#files[Symbol.asyncDispose]()]);
  }
}
