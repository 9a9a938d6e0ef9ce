import { existsSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../core/failures.ts";
import { sharedBytes } from "../../core/threads/shared-bytes.ts";
import type { KeptBlob } from "../blob-store.ts";
import { StoreFailure } from "../store-failure.ts";
import type { BlobRequest, BlobResults, BlobToKeep } from "./blob-protocol.ts";
import { startThread, ThreadLink } from "./thread-link.ts";

/** What is read at once of the list of hashes, so that others come between. */
const HASHES = 500;

type BlobLink = ThreadLink<BlobRequest, BlobResults>;

/**
 * Small contents in the database `blobs.db` of a data directory, in a thread of its own: a file for each takes
 * some twenty calls of the system and four times to the disk, here many share one commit. Thread and database are
 * made for the first content: an installation without documents does without them.
 */
export class SmallBlobs implements AsyncDisposable {
  readonly #directory: string;
  #link: Promise<BlobLink> | undefined;
  #isClosed = false;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** STORE_DIRECTORY, BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE, as everything here. */
  static async open(directory: string): Promise<SmallBlobs> {
    const blobs = new SmallBlobs(directory);
    if (existsSync(join(directory, "blobs.db"))) await blobs.#opened();
    return blobs;
  }

  /** Durable when it resolves. */
  async put(blob: BlobToKeep): Promise<void> {
    if (this.#isClosed) throw closed();
    // In memory that both threads have; a message would copy all that the content is a part of, on either side.
    const content = sharedBytes(blob.content);
    const link = await this.#opened();
    await link.call({ operation: "put", blob: { ...blob, content } });
  }

  /** BLOB_DAMAGED too. */
  async get(hash: string): Promise<Buffer | undefined> {
    const link = await this.#link;
    const content = await link?.call({ operation: "get", hash });
    return content && Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  }

  async has(hash: string): Promise<boolean> {
    const link = await this.#link;
    return link !== undefined && (await link.call({ operation: "has", hash }));
  }

  async delete(hash: string, putBefore: number): Promise<void> {
    const link = await this.#link;
    await link?.call({ operation: "delete", hash, putBefore });
  }

  async *list(): AsyncGenerator<KeptBlob> {
    const link = await this.#link;
    if (!link) return;
    let after: string | undefined = "";
    while (after !== undefined) {
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before it ended
      const page: readonly KeptBlob[] = await link.call({ operation: "list", after, limit: HASHES });
      yield* page;
      after = page.length < HASHES ? undefined : page.at(-1)?.hash;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const link = await this.#link?.catch(() => undefined);
    await link?.close();
  }

  /** One for all who come at the same time; after a failure the next one tries again. */
  #opened(): Promise<BlobLink> {
    this.#link ??= this.#open().catch((error: unknown) => {
      this.#link = undefined;
      throw error;
    });
    return this.#link;
  }

  async #open(): Promise<BlobLink> {
    const workerData = { directory: this.#directory };
    const worker = await startThread("blob-worker", { name: "appconn-blobs", workerData });
    return new ThreadLink<BlobRequest, BlobResults>(worker, {
      broken: (error) => new StoreFailure("BLOB_STORE_UNAVAILABLE", [reasonOf(error)], { cause: error }),
      closed,
    });
  }
}

function closed(): StoreFailure {
  return new StoreFailure("BLOB_STORE_UNAVAILABLE", ["the store is closed"]);
}
