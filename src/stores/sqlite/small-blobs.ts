import { reasonOf } from "../../core/failures.ts";
import type { KeptBlob } from "../blob-store.ts";
import { StoreFailure } from "../store-failure.ts";
import type { BlobRequest, BlobResults, BlobToKeep } from "./blob-protocol.ts";
import { startThread, ThreadLink } from "./thread-link.ts";

/** What is read at once of the list of hashes, so that others come between. */
const HASHES = 500;

/**
 * Small contents in the database `blobs.db` of a data directory, in a thread of its own: a file for each takes
 * some twenty calls of the system and four times to the disk, here many share one commit.
 */
export class SmallBlobs implements AsyncDisposable {
  readonly #link: ThreadLink<BlobRequest, BlobResults>;

  private constructor(link: ThreadLink<BlobRequest, BlobResults>) {
    this.#link = link;
  }

  /** STORE_DIRECTORY, BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE, as everything here. */
  static async open(directory: string): Promise<SmallBlobs> {
    const worker = await startThread("blob-worker", { name: "appconn-blobs", workerData: { directory } });
    return new SmallBlobs(
      new ThreadLink<BlobRequest, BlobResults>(worker, {
        broken: (error) => new StoreFailure("BLOB_STORE_UNAVAILABLE", [reasonOf(error)], { cause: error }),
        closed: () => new StoreFailure("BLOB_STORE_UNAVAILABLE", ["the store is closed"]),
      }),
    );
  }

  /** Durable when it resolves. */
  async put(blob: BlobToKeep): Promise<void> {
    await this.#link.call({ operation: "put", blob });
  }

  /** BLOB_DAMAGED too. */
  async get(hash: string): Promise<Buffer | undefined> {
    const content = await this.#link.call({ operation: "get", hash });
    return content && Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  }

  has(hash: string): Promise<boolean> {
    return this.#link.call({ operation: "has", hash });
  }

  async delete(hash: string, putBefore: number): Promise<void> {
    await this.#link.call({ operation: "delete", hash, putBefore });
  }

  async *list(): AsyncGenerator<KeptBlob> {
    let after: string | undefined = "";
    while (after !== undefined) {
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before it ended
      const page: readonly KeptBlob[] = await this.#link.call({ operation: "list", after, limit: HASHES });
      yield* page;
      after = page.length < HASHES ? undefined : page.at(-1)?.hash;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
  }
}
