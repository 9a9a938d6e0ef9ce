import { clusterAssetKind, type AssetStatus, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { Collection } from "../stores/store.ts";
import { assetName, assetObject } from "./asset-object.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { DocumentReference } from "./document.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { baseUrlOf } from "./document-url.ts";
import { countFindings } from "./finding-counts.ts";
import { isoTime } from "./iso-time.ts";
import { marks } from "./marks.ts";
import { checkedStatus, isFinal, uncheckedStatus } from "./review-outcome.ts";

/**
 * Checks the documents of groups, each once for its content, and writes what comes of it into the document's
 * ClusterAsset. Nothing that is wrong with one document touches another.
 */
export class AssetReview {
  readonly #context: DocumentsContext;
  readonly #assets: Collection<ClusterAsset>;

  constructor(context: DocumentsContext) {
    this.#context = context;
    this.#assets = context.store.collection(clusterAssetKind);
  }

  /** Whether nothing is left to be said of the document. */
  async isDone(group: ClusterAssetGroup, document: DocumentReference): Promise<boolean> {
    const asset = await this.#assets.get({ name: assetName(group.metadata.name, document) });
    return asset !== undefined && isOwnedBy(asset, group) && isFinal(asset.status);
  }

  /** The asset with its last status. */
  async review(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset> {
    const known = await this.#open(group, document);
    if (isFinal(known.status)) return known;
    const content = await this.#context.blobs.get(document.hash).catch(this.#surprised);
    if (!content) return await this.#conclude(known, uncheckedStatus("MissingContent"));
    const pending = {
      phase: "Pending",
      reason: "Scheduled",
      message: "Asset scheduled for processing",
    } as const;
    const scheduled = await this.#conclude(known, pending);
    const { type, fileName } = document;
    const checked = await this.#context.check({ type, fileName, content }).catch(this.#surprised);
    // The next start looks for what was broken off.
    if (this.#context.closing.aborted) return scheduled;
    if (!checked) return await this.#conclude(scheduled, uncheckedStatus("ValidationError"));
    return await this.#publish({ group, document, asset: scheduled, size: content.length }, checked);
  }

  async #open(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset> {
    const name = assetName(group.metadata.name, document);
    const wanted = assetObject(group, document, this.#context.origin());
    const known = await this.#assets.get({ name });
    if (known && isOwnedBy(known, group)) return known;
    // Of a group of the same name that is gone: it would not go with this one.
    if (known) await this.#assets.remove({ name });
    return await this.#assets.create(wanted);
  }

  async #publish(reviewed: Reviewed, checked: CheckedDocument): Promise<ClusterAsset> {
    const { group, document, asset, size } = reviewed;
    const { blobs, origin } = this.#context;
    const { converted, findings } = checked;
    const published = converted ? (await blobs.put(converted.content)).hash : document.hash;
    const found =
      findings.length > 0 ? (await blobs.put(Buffer.from(JSON.stringify(findings)))).hash : undefined;
    const written = await this.#assets.patch(asset.metadata, {
      type: "merge",
      value: {
        metadata: {
          annotations: {
            [marks.published]: published,
            [marks.findings]: found ?? null,
            [marks.counts]: JSON.stringify(countFindings(findings)),
            [marks.size]: String(size),
          },
        },
      },
    });
    const baseUrl = baseUrlOf(origin(), { group: group.metadata.name, hash: published });
    return await this.#conclude(written, checkedStatus(document, checked, baseUrl));
  }

  async #conclude(
    asset: ClusterAsset,
    status: Omit<AssetStatus, "lastHeartbeatTime">,
  ): Promise<ClusterAsset> {
    const { generation } = asset.metadata;
    const { resourceVersion: _any, ...metadata } = asset.metadata;
    return await this.#assets.updateStatus({
      ...asset,
      // Nobody else writes it, and annotations of others are none of its business.
      metadata: metadata as ClusterAsset["metadata"],
      status: {
        ...status,
        lastHeartbeatTime: isoTime(this.#context.clock),
        ...(generation === undefined ? {} : { observedGeneration: generation }),
      },
    });
  }

  readonly #surprised = (error: unknown): undefined => {
    this.#context.surprised(error);
  };
}

function isOwnedBy(
  { metadata: { ownerReferences = [] } }: ClusterAsset,
  { metadata }: ClusterAssetGroup,
): boolean {
  return ownerReferences.some(({ uid }) => uid === metadata.uid);
}

interface Reviewed {
  readonly group: ClusterAssetGroup;
  readonly document: DocumentReference;
  readonly asset: ClusterAsset;
  /** Bytes that were uploaded. */
  readonly size: number;
}
