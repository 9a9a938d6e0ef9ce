import type { Abortable } from "./store.ts";

export interface KeptBlob {
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last put, in milliseconds since the epoch; a collection spares young ones. */
  readonly putAt: number;
}

export interface Putting extends Abortable {
  /** Bytes; none by default. */
  readonly limit?: number;
  /** Of content that is whole, by whoever knows it already; it is believed. */
  readonly hash?: string;
}

/**
 * Content by its hash: the same bytes are kept once, and what is kept never changes. A text that is no hash in
 * lower-case hex names nothing: there is no content of it. After it is closed, BLOB_STORE_UNAVAILABLE.
 */
export interface BlobStore extends AsyncDisposable {
  /**
   * Durable when it resolves, all of it or nothing. Content that is there already is only made young again;
   * damaged content is replaced. BLOB_TOO_LARGE beyond `limit` bytes, BLOB_STORE_FULL, BLOB_STORE_UNAVAILABLE;
   * an error of the content itself is passed on as it is.
   */
  put(content: AsyncIterable<Uint8Array> | Uint8Array, options?: Putting): Promise<KeptBlob>;
  /** To be read only. undefined where there is none; BLOB_DAMAGED where the bytes are not those of the hash. */
  get(hash: string, options?: Abortable): Promise<Buffer | undefined>;
  has(hash: string): Promise<boolean>;
  /**
   * Nothing happens where there is none, or where it was put at `putBefore` (milliseconds since the epoch) or
   * later: a collection that found it old would otherwise take what was put again meanwhile.
   */
  delete(hash: string, options?: { readonly putBefore?: number }): Promise<void>;
  /** All there are, in no order, one by one; what comes or goes meanwhile may be among them or not. */
  list(options?: Abortable): AsyncIterable<KeptBlob>;
}
