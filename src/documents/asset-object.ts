import { hash as digest } from "node:crypto";
import type { ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { New } from "../core/resources/resource.ts";
import type { DocumentReference } from "./document.ts";
import { documentUrl, SERVICE_BUCKET } from "./document-url.ts";
import { sourceName } from "./group-object.ts";
import { marks } from "./marks.ts";

/**
 * Name of the asset of a document. It differs for each content, so that the assets of a version stand beside
 * those of the version before until the group has changed.
 */
export function assetName(group: string, document: DocumentReference): string {
  const { type, fileName, hash } = document;
  const suffix = digest("sha256", `${hash}/${fileName}`).slice(0, 13);
  return `${group}-${sourceName(group, document)}-${type}-${suffix}`;
}

export function assetObject(
  { apiVersion, kind, metadata: { name: group, uid } }: ClusterAssetGroup,
  document: DocumentReference,
  origin: string,
): New<ClusterAsset> {
  const shortName = sourceName(group, document);
  return {
    metadata: {
      name: assetName(group, document),
      labels: { [marks.group]: group, [marks.type]: document.type },
      annotations: { [marks.shortName]: shortName, [marks.uploaded]: document.hash },
      ownerReferences: [{ apiVersion, kind, name: group, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      source: { mode: "single", url: documentUrl(origin, { group, ...document }) },
      bucketRef: { name: SERVICE_BUCKET },
      displayName: shortName,
    },
  };
}
