import { clusterAssetGroupKind } from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind } from "../core/resources/cluster-asset.ts";
import type { Abortable, Store } from "../stores/store.ts";
import { assetName } from "./asset-object.ts";
import { documentsOf } from "./group-object.ts";
import { listPages } from "./list-pages.ts";
import { marks } from "./marks.ts";
import { isFinal } from "./review-outcome.ts";

/**
 * Names of the groups whose review was broken off, by the end of a process or by a failure that may have
 * passed: not ready, or with an asset that is missing or whose status does not stand.
 */
export async function unfinishedGroups(store: Store, options: Abortable = {}): Promise<readonly string[]> {
  const finished = new Set<string>();
  for await (const page of listPages(store.collection(clusterAssetKind), {}, options)) {
    for (const { metadata, status } of page) if (isFinal(status)) finished.add(metadata.name);
  }
  const unfinished: string[] = [];
  for await (const page of listPages(store.collection(clusterAssetGroupKind), {}, options)) {
    for (const group of page) {
      const { name, annotations = {} } = group.metadata;
      if (annotations[marks.serviceId] === undefined) continue;
      const isFinished =
        group.status?.phase === "Ready" &&
        documentsOf(group).every((document) => finished.has(assetName(name, document)));
      if (!isFinished) unfinished.push(name);
    }
  }
  return unfinished;
}
