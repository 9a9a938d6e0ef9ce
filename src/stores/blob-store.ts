import type { Abortable } from "./store.ts";

export interface KeptBlob {
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last put, in milliseconds since the epoch; a collection spares young ones. */
  readonly putAt: number;
}

/** Content by its hash: the same bytes are kept once, and what is kept never changes. */
export interface BlobStore extends AsyncDisposable {
  /**
   * Durable when it resolves, all of it or nothing. Content that is there already is only made young again.
   * BLOB_TOO_LARGE beyond `limit` bytes, BLOB_STORE_FULL, BLOB_STORE_UNAVAILABLE.
   */
  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    options?: Abortable & { limit?: number },
  ): Promise<KeptBlob>;
  /** undefined where there is none; BLOB_DAMAGED where the bytes are not those of the hash. */
  get(hash: string, options?: Abortable): Promise<Buffer | undefined>;
  has(hash: string): Promise<boolean>;
  /** Nothing happens where there is none. */
  delete(hash: string): Promise<void>;
  /** All there are, in no order, one by one. */
  list(options?: Abortable): AsyncIterable<KeptBlob>;
}
