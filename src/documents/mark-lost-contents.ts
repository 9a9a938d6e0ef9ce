import { clusterAssetKind, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Abortable } from "../stores/store.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { isoTime } from "./iso-time.ts";
import { listPages } from "./list-pages.ts";
import { marks } from "./marks.ts";
import { isFinal, uncheckedStatus } from "./review-outcome.ts";

/**
 * Says `MissingContent` of documents whose content somebody removed from the store of contents (registry spec
 * §9.2), so that nobody takes them for ready; gives how many. They are reviewed again like whatever is unfinished,
 * which makes them ready once the content is back.
 */
export async function markLostContents(
  context: Pick<DocumentsContext, "store" | "blobs" | "clock">,
  options: Abortable = {},
): Promise<number> {
  const assets = context.store.collection(clusterAssetKind);
  const there = await context.blobs.hashes(options);
  const labels = [{ key: marks.group, operator: "exists", values: [] }] as const;
  let lost = 0;
  for await (const page of listPages(assets, { labels }, options)) {
    for (const asset of page.filter(({ status }) => isFinal(status))) {
      // What was put since the look at all contents is not among them.
      const missing = contentsOf(asset).filter((hash) => !there.has(hash));
      // oxlint-disable-next-line no-await-in-loop -- hardly ever one at all
      const found = await Promise.all(missing.map((hash) => context.blobs.has(hash)));
      if (found.every(Boolean)) continue;
      const status = { ...uncheckedStatus("MissingContent"), lastHeartbeatTime: isoTime(context.clock) };
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await assets.updateStatus({ ...asset, status }, options);
        lost++;
      } catch (error) {
        // It was published again, or removed.
        if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND")) throw error;
      }
    }
  }
  return lost;
}

/** What was uploaded and what is published; nothing of an asset that is not ours. */
function contentsOf({ metadata: { annotations = {} } }: ClusterAsset): readonly string[] {
  return [annotations[marks.uploaded], annotations[marks.published]].filter((hash) => hash !== undefined);
}
