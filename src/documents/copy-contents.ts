import type { Clock } from "../core/clock.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { BlobStore, KeptBlob } from "../stores/blob-store.ts";
import type { Abortable, Store } from "../stores/store.ts";
import { GRACE } from "./guarded-blobs.ts";
import { referredHashes } from "./referred-hashes.ts";

export interface CopyParts {
  /** Nothing is removed from it, and nobody puts anything into it meanwhile. */
  readonly from: BlobStore;
  readonly to: BlobStore;
  /** Says which contents are wanted. */
  readonly store: Store;
  readonly clock: Pick<Clock, "monotonic">;
  /** At the begin and at most every ten seconds, where there is something to copy. */
  readonly progress: (progress: CopyProgress) => void;
  /** A content cannot be copied because it is damaged where it is. */
  readonly damaged: (hash: string, error: Error) => void;
}

export interface CopyProgress {
  /** Contents. */
  readonly copied: number;
  /** Contents, with those that are copied. */
  readonly all: number;
}

/** Milliseconds between two reports. */
const REPORTED = 10_000;
/** Bytes from which on a content counts as large: each stands in memory as a whole. */
const LARGE = 1024 * 1024;
/** How many are copied at once. */
const [SMALL_AT_ONCE, LARGE_AT_ONCE] = [8, 2] as const;

/**
 * Copies what documents need from one home of contents to another that lacks it; gives how many. Whatever breaks it
 * off, the next call copies the rest. Rejects as the stores do.
 */
export async function copyContents(parts: CopyParts, options: Abortable = {}): Promise<number> {
  const lacking = await lackingContents(parts, options);
  if (lacking.length === 0) return 0;
  const report = reporter(parts, lacking.length);
  let copied = 0;
  const copy = async ({ hash }: KeptBlob): Promise<void> => {
    const content = await read(parts, hash, options);
    if (!content) return;
    await parts.to.put(content, { ...options, hash });
    report(++copied);
  };
  await eachOf(
    lacking.filter((blob) => !isLarge(blob)),
    SMALL_AT_ONCE,
    copy,
  );
  await eachOf(lacking.filter(isLarge), LARGE_AT_ONCE, copy);
  return copied;
}

function isLarge({ size }: KeptBlob): boolean {
  return size > LARGE;
}

/**
 * What something names, or what may belong to a change that was broken off: it was put shortly before the end, and
 * would have been collected if it were older. All else is garbage and would be collected over there.
 */
async function lackingContents(
  { from, to, store }: CopyParts,
  options: Abortable,
): Promise<readonly KeptBlob[]> {
  const here = new Map<string, KeptBlob>();
  for await (const blob of from.list(options)) here.set(blob.hash, blob);
  if (here.size === 0) return [];
  const referred = await referredHashes(store, options);
  let last = 0;
  for (const { putAt } of here.values()) last = Math.max(last, putAt);
  for (const { hash, putAt } of here.values()) {
    if (!referred.has(hash) && putAt < last - GRACE) here.delete(hash);
  }
  for await (const { hash, size } of to.list(options)) if (here.get(hash)?.size === size) here.delete(hash);
  return [...here.values()];
}

function reporter({ clock, progress }: CopyParts, all: number): (copied: number) => void {
  progress({ copied: 0, all });
  let told = clock.monotonic();
  return (copied) => {
    if (clock.monotonic() - told < REPORTED) return;
    told = clock.monotonic();
    progress({ copied, all });
  };
}

/** undefined where it cannot be read, now or ever: copying the others must not depend on it. */
async function read(
  { from, damaged }: CopyParts,
  hash: string,
  options: Abortable,
): Promise<Buffer | undefined> {
  try {
    return await from.get(hash, options);
  } catch (error) {
    if (!isStoreFailure(error, "BLOB_DAMAGED")) throw error;
    damaged(hash, error);
    return undefined;
  }
}

/** The first error ends it, after those that have begun. */
async function eachOf(
  blobs: readonly KeptBlob[],
  atOnce: number,
  work: (blob: KeptBlob) => Promise<void>,
): Promise<void> {
  const waiting = blobs.values();
  let hasFailed = false;
  const workers = Array.from({ length: atOnce }, async () => {
    for (const blob of waiting) {
      if (hasFailed) return;
      try {
        // oxlint-disable-next-line no-await-in-loop -- so many at once and no more
        await work(blob);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  });
  const outcomes = await Promise.allSettled(workers);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}
