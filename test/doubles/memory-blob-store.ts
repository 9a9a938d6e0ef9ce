import { createHash } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import { gather } from "../../src/documents/gather.ts";
import { StoreFailure } from "../../src/stores/store-failure.ts";
import type { BlobStore, KeptBlob } from "../../src/stores/blob-store.ts";

/** Contents in memory, with the rules of the real store and a way to lose one. */
export class MemoryBlobStore implements BlobStore {
  readonly #clock: Clock;
  readonly #blobs = new Map<string, { readonly content: Buffer; putAt: number }>();
  /** How many contents began to come in. */
  puts = 0;
  /** Set: contents are refused with it before a byte of them is read. */
  failure: Error | undefined;
  /** Called with what was put; may throw. */
  kept: (blob: KeptBlob) => void = () => {};
  /** Called when a deletion has begun and before it is done. */
  deleting: (hash: string) => Promise<void> = async () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hashes(): readonly string[] {
    return [...this.#blobs.keys()];
  }

  lose(hash: string): void {
    this.#blobs.delete(hash);
  }

  async put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    { limit = Infinity }: { limit?: number } = {},
  ): Promise<KeptBlob> {
    this.puts++;
    if (this.failure) throw this.failure;
    const pieces = content instanceof Uint8Array ? [content] : await gather(content);
    const bytes = Buffer.concat(pieces);
    if (bytes.length > limit) throw new StoreFailure("BLOB_TOO_LARGE", [limit]);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const putAt = this.#clock.now();
    this.#blobs.set(hash, { content: bytes, putAt });
    const blob = { hash, size: bytes.length, putAt };
    this.kept(blob);
    return blob;
  }

  async get(hash: string): Promise<Buffer | undefined> {
    return this.#blobs.get(hash)?.content;
  }

  async has(hash: string): Promise<boolean> {
    return this.#blobs.has(hash);
  }

  async delete(hash: string, { putBefore = Infinity }: { putBefore?: number } = {}): Promise<void> {
    await this.deleting(hash);
    if ((this.#blobs.get(hash)?.putAt ?? Infinity) < putBefore) this.#blobs.delete(hash);
  }

  async *list(): AsyncIterable<KeptBlob> {
    for (const [hash, { content, putAt }] of this.#blobs) yield { hash, size: content.length, putAt };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
