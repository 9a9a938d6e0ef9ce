import type { KeptBlob } from "../blob-store.ts";
import type { SentFailure } from "./protocol.ts";

export interface BlobToKeep {
  /** SHA-256 of the content, lower-case hex, as in all requests. */
  readonly hash: string;
  readonly content: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly putAt: number;
}

export type BlobWriteRequest =
  | { readonly operation: "put"; readonly blob: BlobToKeep }
  /** Where it was put before that time, in milliseconds since the epoch. */
  | { readonly operation: "delete"; readonly hash: string; readonly putBefore: number };

export type BlobRequest =
  | BlobWriteRequest
  | { readonly operation: "get"; readonly hash: string }
  | { readonly operation: "has"; readonly hash: string }
  /** Those whose hashes come after `after`, at most `limit`. */
  | { readonly operation: "list"; readonly after: string; readonly limit: number }
  | { readonly operation: "close" };

/** What an operation resolves to. */
export interface BlobResults {
  readonly put: undefined;
  readonly delete: undefined;
  /** Moved to the other thread, not copied. */
  readonly get: Uint8Array<ArrayBuffer> | undefined;
  readonly has: boolean;
  readonly list: readonly KeptBlob[];
  readonly close: undefined;
}

export interface BlobEnvelope {
  readonly id: number;
  readonly request: BlobRequest;
}

export type BlobReply =
  | { readonly id: number; readonly result: BlobResults[keyof BlobResults] }
  | { readonly id: number; readonly failure: SentFailure };
