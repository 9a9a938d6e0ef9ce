import { clusterAssetGroupKind } from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind } from "../core/resources/cluster-asset.ts";
import type { Kind } from "../core/resources/kind.ts";
import type { Resource } from "../core/resources/resource.ts";
import type { Abortable, Store } from "../stores/store.ts";

/** Objects per page: a list of everything at once would stand in memory as a whole. */
const PAGE = 500;

const HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/**
 * Every hash that a group or an asset names, wherever it stands in it: so that nothing is taken for garbage
 * because an object was written by hand, or by a version that knows other fields.
 */
export async function referredHashes(store: Store, options: Abortable = {}): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await collect(store, clusterAssetGroupKind, { found, options });
  await collect(store, clusterAssetKind, { found, options });
  return found;
}

async function collect<T extends Resource>(
  store: Store,
  kind: Kind<T>,
  { found, options }: { readonly found: Set<string>; readonly options: Abortable },
): Promise<void> {
  const collection = store.collection(kind);
  let next: string | undefined;
  do {
    const paging = next === undefined ? {} : { continue: next };
    // eslint-disable-next-line no-await-in-loop -- page by page
    const page = await collection.listText(undefined, { ...options, ...paging, limit: PAGE });
    for (const piece of page.pieces) {
      for (const [hash] of Buffer.from(piece).toString("latin1").matchAll(HASH)) found.add(hash);
    }
    next = page.continue;
  } while (next !== undefined);
}
