import { createHash } from "node:crypto";
import { durationText } from "../../core/duration.ts";
import type { Clock } from "../../core/clock.ts";
import type { BlobStore, KeptBlob } from "../blob-store.ts";
import { contentPieces } from "../content-pieces.ts";
import { OpenWork } from "../open-work.ts";
import { ProcessLeases } from "../process-lease.ts";
import { isStoreFailure, StoreFailure } from "../store-failure.ts";
import type { Abortable } from "../store.ts";
import { Attempts } from "./attempts.ts";
import { Bucket, type ObjectContent, type ObjectPage } from "./bucket.ts";
import type { S3Options } from "./options.ts";
import { openS3Client, type S3Connection } from "./s3-client.ts";
import { isPassing, placeOf, toS3Failure } from "./s3-errors.ts";
import { Spool } from "./spool.ts";

export interface S3BlobStoreOptions {
  readonly options: S3Options;
  readonly connection: S3Connection;
  /** The data directory, for contents on their way in. One process uses it at a time. */
  readonly directory: string;
  readonly clock: Clock;
  /** From 0 to less than 1, for the pauses between attempts. */
  readonly random: () => number;
}

/**
 * Blobs as objects `<prefix><hash>` of a bucket, once it is sure that they can be written, read and listed
 * there. Rejects with BLOB_STORE_SETTING, BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE.
 */
export async function openS3BlobStore(given: S3BlobStoreOptions): Promise<BlobStore> {
  const client = await openS3Client(given.options, given.connection);
  const bucket = new Bucket(client, given.options.bucket);
  try {
    const store = new S3BlobStore(given, bucket, await Spool.open(given.directory));
    await store.check();
    return store;
  } catch (error) {
    bucket.close();
    throw isStoreFailure(error, "BLOB_STORE_UNAVAILABLE") ? placed(error, given.options) : error;
  }
}

/** Who starts the product has to know which storage it is; others see the same failure without. */
function placed({ values, cause }: StoreFailure, options: S3Options): StoreFailure {
  return new StoreFailure("BLOB_STORE_UNAVAILABLE", [`at ${placeOf(options)}: ${values.join()}`], { cause });
}

const HASH = /^[0-9a-f]{64}$/;

class S3BlobStore implements BlobStore {
  readonly #given: S3BlobStoreOptions;
  readonly #bucket: Bucket;
  readonly #spool: Spool;
  readonly #attempts: Attempts;
  readonly #work = new OpenWork();
  /** Of one hash, what comes and goes takes turns: a put that says it is done was not deleted meanwhile. */
  readonly #turns = new ProcessLeases("", this.#work.closed);

  constructor(given: S3BlobStoreOptions, bucket: Bucket, spool: Spool) {
    this.#given = given;
    this.#bucket = bucket;
    this.#spool = spool;
    this.#attempts = new Attempts({ clock: given.clock, random: given.random, isPassing });
  }

  /** The content without a byte is as good as any to see that contents can be kept; a collection removes it. */
  async check(): Promise<void> {
    await this.put(new Uint8Array());
    await this.#page(undefined, undefined);
  }

  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    { signal, limit = Number.POSITIVE_INFINITY }: Abortable & { limit?: number } = {},
  ): Promise<KeptBlob> {
    const { closed } = this.#work;
    const stop = signal ? AbortSignal.any([signal, closed]) : closed;
    return this.#work.run(async () => {
      stop.throwIfAborted();
      if (content instanceof Uint8Array) return await this.#keep(hashed(content, limit), stop);
      await using incoming = await this.#spool.newFile();
      const { hash, size } = await incoming.receive(contentPieces(content, stop), limit);
      // An empty file ends before a request has begun to read it.
      const open = () => (size === 0 ? Buffer.alloc(0) : incoming.content());
      return await this.#keep({ hash, size, open }, stop);
    });
  }

  get(hash: string, { signal }: Abortable = {}): Promise<Buffer | undefined> {
    return this.#at(hash, signal, async (key, stop) => {
      const body = await this.#bucket.get(key, stop);
      if (!body) return undefined;
      const pieces: Buffer[] = [];
      const found = createHash("sha256");
      for await (const piece of body as AsyncIterable<Buffer>) {
        found.update(piece);
        pieces.push(piece);
      }
      if (found.digest("hex") !== hash) throw new StoreFailure("BLOB_DAMAGED", [hash]);
      return Buffer.concat(pieces);
    });
  }

  async has(hash: string): Promise<boolean> {
    return (await this.#at(hash, undefined, (key, stop) => this.#bucket.find(key, stop))) !== undefined;
  }

  async delete(
    hash: string,
    { putBefore = Number.POSITIVE_INFINITY }: { putBefore?: number } = {},
  ): Promise<void> {
    await this.#at(hash, undefined, async (key, stop) => {
      await using _turn = await this.#turns.acquire(hash, { signal: stop });
      const found = await this.#bucket.find(key, stop);
      if (found && found.modified < putBefore) await this.#bucket.delete(key, stop);
    });
  }

  async *list({ signal }: Abortable = {}): AsyncGenerator<KeptBlob> {
    const { prefix } = this.#given.options;
    let next: string | undefined;
    do {
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next begins
      const page: ObjectPage = await this.#page(next, signal);
      for (const { key, size, modified } of page.objects) {
        signal?.throwIfAborted();
        this.#work.closed.throwIfAborted();
        const hash = key.slice(prefix.length);
        // Anything else was put there by somebody.
        if (HASH.test(hash)) yield { hash, size, putAt: modified };
      }
      next = page.next;
    } while (next !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work.close(new StoreFailure("BLOB_STORE_UNAVAILABLE", ["the store is closed"]));
    this.#bucket.close();
  }

  async #keep(content: ObjectContent, signal: AbortSignal): Promise<KeptBlob> {
    const { hash, size } = content;
    const key = `${this.#given.options.prefix}${hash}`;
    return await this.#request(signal, async (stop) => {
      await using _turn = await this.#turns.acquire(hash, { signal: stop });
      // Also where it is there already: that makes it young, and repairs it.
      await this.#bucket.put(key, content, stop);
      const found = await this.#bucket.find(key, stop);
      if (found?.size !== size) {
        throw new StoreFailure("BLOB_STORE_UNAVAILABLE", [
          "S3 says that it keeps a content, but does not have it",
        ]);
      }
      return { hash, size, putAt: found.modified };
    });
  }

  #page(from: string | undefined, signal: AbortSignal | undefined): Promise<ObjectPage> {
    const { prefix } = this.#given.options;
    return this.#work.run(() => this.#request(signal, (stop) => this.#bucket.list(prefix, from, stop)));
  }

  async #at<Result>(
    hash: string,
    signal: AbortSignal | undefined,
    work: (key: string, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | undefined> {
    if (!HASH.test(hash)) return undefined;
    const key = `${this.#given.options.prefix}${hash}`;
    return await this.#work.run(() => this.#request(signal, (stop) => work(key, stop)));
  }

  /** As often as it may succeed, and no longer than the timeout. Who gave the signal gets its reason. */
  async #request<Result>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { clock, options } = this.#given;
    const { closed } = this.#work;
    const given = signal ? AbortSignal.any([signal, closed]) : closed;
    given.throwIfAborted();
    const late = new AbortController();
    using _timer = clock.after(options.timeout, () => late.abort());
    const stop = AbortSignal.any([given, late.signal]);
    try {
      return await this.#attempts.run(() => work(stop), stop);
    } catch (error) {
      given.throwIfAborted();
      if (!late.signal.aborted) throw toS3Failure(error, options);
      const cause = new Error(`${placeOf(options)}: no answer`);
      const reason = `S3 did not answer within ${durationText(options.timeout)}`;
      throw new StoreFailure("BLOB_STORE_UNAVAILABLE", [reason], { cause });
    }
  }
}

function hashed(content: Uint8Array, limit: number): ObjectContent {
  if (content.length > limit) throw new StoreFailure("BLOB_TOO_LARGE", [limit]);
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const hash = createHash("sha256").update(bytes).digest("hex");
  return { hash, size: bytes.length, open: () => bytes };
}
