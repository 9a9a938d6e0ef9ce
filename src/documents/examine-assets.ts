import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind } from "../core/resources/cluster-asset.ts";
import type { Abortable, Store } from "../stores/store.ts";
import { assetName } from "./asset-object.ts";
import { documentsOf } from "./group-object.ts";
import { listPages } from "./list-pages.ts";
import { marks } from "./marks.ts";
import { isFinal } from "./review-outcome.ts";

export interface ExaminedAssets {
  /**
   * Groups whose review was broken off, by the end of a process or by a failure that may have passed: not ready,
   * or with an asset that is missing or whose status does not stand.
   */
  readonly unfinished: readonly string[];
  /** Assets of documents that their group does not have any more, or whose group is gone. */
  readonly stale: readonly StaleAsset[];
}

export interface StaleAsset {
  readonly name: string;
  readonly group: string;
}

/** What a look at all groups and assets finds to be done. */
export async function examineAssets(store: Store, options: Abortable = {}): Promise<ExaminedAssets> {
  // Before the groups: an asset of a later state than these cannot be taken for a stale one.
  const assets = await assetsOfGroups(store, options);
  const unfinished: string[] = [];
  for await (const page of listPages(store.collection(clusterAssetGroupKind), {}, options)) {
    for (const group of page) {
      if (group.metadata.annotations?.[marks.serviceId] === undefined) continue;
      if (!settle(group, assets)) unfinished.push(group.metadata.name);
    }
  }
  return { unfinished, stale: Array.from(assets, ([name, { group }]) => ({ name, group })) };
}

interface SeenAsset {
  readonly group: string;
  /** Of the group that it was made for. */
  readonly owner: string | undefined;
  readonly isFinal: boolean;
}

async function assetsOfGroups(store: Store, options: Abortable): Promise<Map<string, SeenAsset>> {
  const seen = new Map<string, SeenAsset>();
  const labels = [{ key: marks.group, operator: "exists", values: [] }] as const;
  for await (const page of listPages(store.collection(clusterAssetKind), { labels }, options)) {
    for (const { metadata, status } of page) {
      // Only those that are ours, not those of somebody's own group.
      if (metadata.annotations?.[marks.uploaded] === undefined) continue;
      const owner = metadata.ownerReferences?.[0]?.uid;
      const group = metadata.labels?.[marks.group] ?? "";
      seen.set(metadata.name, { group, owner, isFinal: isFinal(status) });
    }
  }
  return seen;
}

/** Takes out the assets that the group has; whether they and the group are all as they should be. */
function settle(group: ClusterAssetGroup, assets: Map<string, SeenAsset>): boolean {
  let isFinished = group.status?.phase === "Ready";
  for (const document of documentsOf(group)) {
    const name = assetName(group.metadata.name, document);
    const asset = assets.get(name);
    const isOwn = asset?.owner === group.metadata.uid;
    if (isOwn) assets.delete(name);
    if (!isOwn || !asset.isFinal) isFinished = false;
  }
  return isFinished;
}
