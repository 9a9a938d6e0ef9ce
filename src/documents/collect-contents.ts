import type { Abortable } from "../stores/store.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { gather } from "./gather.ts";
import { referredHashes } from "./referred-hashes.ts";

/**
 * Removes contents that were put more than an hour ago and that no group and no asset names, in any version;
 * gives how many. What is put again meanwhile stays.
 */
export async function collectContents(
  { store, blobs }: Pick<DocumentsContext, "store" | "blobs">,
  options: Abortable = {},
): Promise<number> {
  const candidates = await gather(blobs.old(options));
  if (candidates.length === 0) return 0;
  // Read after the candidates: whatever is referred to from now on was put, and is held, since.
  const referred = await referredHashes(store, options);
  let collected = 0;
  for (const hash of candidates.filter((candidate) => !referred.has(candidate))) {
    options.signal?.throwIfAborted();
    // eslint-disable-next-line no-await-in-loop -- nobody waits, and others want the disk
    if (await blobs.collect(hash)) collected++;
  }
  return collected;
}
