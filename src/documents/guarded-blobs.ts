import { hash as hashOf } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { Abortable } from "../stores/store.ts";
import { FreshContents } from "./fresh-contents.ts";
import type { BlobStore, KeptBlob } from "../stores/blob-store.ts";

/** How long content is kept that nothing refers to, in milliseconds (registry spec §11.1). */
export const GRACE = 3_600_000;

/** Bytes that take about a millisecond to be hashed. */
const LARGE = 1024 * 1024;

/**
 * Contents that are put while others are collected. Between a look at what is referred to and a deletion, the
 * same content may be put again; whoever put it must then find it.
 */
export class GuardedBlobs {
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  /** Hash → until when it is not collected, in monotonic milliseconds. */
  readonly #held = new Map<string, number>();
  /** Those of them that were put. */
  readonly #there = new Set<string>();
  readonly #deleting = new Map<string, Promise<void>>();
  readonly #fresh: FreshContents;
  /** Contents on their way in, whose hashes nobody knows yet. */
  #streams = 0;

  constructor(blobs: BlobStore, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#fresh = new FreshContents(clock);
  }

  async put(content: Uint8Array, options?: Abortable): Promise<KeptBlob> {
    // Hashed here, and once more piece by piece where it is written, a large one would hold up others.
    if (content.length > LARGE) return await this.#putUnknown(content, options);
    const hash = hashOf("sha256", content);
    await this.#hold(hash);
    const kept = await this.#blobs.put(content, { ...options, hash });
    this.#there.add(hash);
    return kept;
  }

  /** As `put` of the store: BLOB_TOO_LARGE beyond `limit` bytes. */
  async putStream(
    content: AsyncIterable<Uint8Array>,
    options: Abortable & { readonly limit: number },
  ): Promise<KeptBlob> {
    return await this.#putUnknown(content, options);
  }

  async #putUnknown(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    options?: Abortable & { readonly limit?: number },
  ): Promise<KeptBlob> {
    this.#streams++;
    try {
      await Promise.allSettled(this.#deleting.values());
      const kept = await this.#blobs.put(content, options);
      this.#keep(kept.hash);
      return kept;
    } finally {
      this.#streams--;
    }
  }

  /** Whether there is such content, collected or not. */
  has(hash: string): Promise<boolean> {
    return this.#blobs.has(hash);
  }

  /** Keeps it for as long as new content; false where there is none. */
  async hold(hash: string): Promise<boolean> {
    // What is held is collected by nobody.
    const isThere = this.#isHeld(hash) && this.#there.has(hash);
    await this.#hold(hash);
    return isThere || (await this.#blobs.has(hash));
  }

  /** Has content that was put at hand for its check, which would otherwise read it again. */
  keepFresh(hash: string, content: Uint8Array): void {
    this.#fresh.add(hash, content);
  }

  /** What was kept so, once. undefined for anything else. */
  takeFresh(hash: string): Uint8Array | undefined {
    return this.#fresh.take(hash);
  }

  /** Of all contents; what comes or goes meanwhile may be among them or not. */
  async hashes(options?: Abortable): Promise<ReadonlySet<string>> {
    const hashes = new Set<string>();
    for await (const { hash } of this.#blobs.list(options)) hashes.add(hash);
    return hashes;
  }

  get(hash: string, options?: Abortable): Promise<Buffer | undefined> {
    return this.#blobs.get(hash, options);
  }

  /** Contents that were put longer ago than the grace, and not held since. */
  async *old(options?: Abortable): AsyncIterable<string> {
    const end = this.#clock.now() - GRACE;
    for await (const { hash, putAt } of this.#blobs.list(options)) {
      if (putAt < end && !this.#isHeld(hash)) yield hash;
    }
  }

  /** Removes it unless somebody wants it again; whether it was removed. */
  async collect(hash: string): Promise<boolean> {
    // No wait may come between this look and the entry that whoever puts it waits for.
    if (this.#streams > 0 || this.#isHeld(hash)) return false;
    const deleting = this.#blobs.delete(hash, { putBefore: this.#clock.now() - GRACE });
    this.#deleting.set(hash, deleting);
    try {
      await deleting;
      return true;
    } finally {
      this.#deleting.delete(hash);
    }
  }

  async #hold(hash: string): Promise<void> {
    this.#keep(hash);
    // A deletion that failed is told to whoever asked for it.
    await this.#deleting.get(hash)?.catch(() => {});
  }

  #keep(hash: string): void {
    // Inserted anew, so that those that end first stand first.
    this.#held.delete(hash);
    this.#held.set(hash, this.#clock.monotonic() + GRACE);
    for (const [former, end] of this.#held) {
      if (end > this.#clock.monotonic()) break;
      this.#held.delete(former);
      this.#there.delete(former);
    }
  }

  #isHeld(hash: string): boolean {
    const end = this.#held.get(hash);
    return end !== undefined && end > this.#clock.monotonic();
  }
}
