import { createHash, randomBytes } from "node:crypto";
import type { BlobStore, KeptBlob } from "../../../src/stores/blob-store.ts";

/** A store under contract, and what a test may do to it from behind. */
export interface BlobSubject {
  readonly store: BlobStore;
  /** Lets at least a millisecond pass for the store. */
  readonly pass: () => Promise<void> | void;
  /** Changes the bytes that are kept, as a failing disk does. */
  readonly damage: (hash: string) => Promise<void> | void;
  /** A store of the same home, for a test that closes it. */
  readonly open: () => Promise<BlobStore>;
}

/** How a suite gets its subject, which is opened before its first test. */
export type BlobSubjects = () => BlobSubject;

/** Content that no other test has. */
export function uniqueContent(size = 1000): Buffer {
  return randomBytes(size);
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Content as it comes out of a socket: in pieces of that many bytes. */
export async function* inPieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += size) {
    await Promise.resolve();
    yield content.subarray(start, start + size);
  }
}

export async function listed(store: BlobStore, hash: string): Promise<readonly KeptBlob[]> {
  const found: KeptBlob[] = [];
  for await (const blob of store.list()) if (blob.hash === hash) found.push(blob);
  return found;
}
