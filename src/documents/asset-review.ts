import { clusterAssetKind, type AssetStatus, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { Collection } from "../stores/store.ts";
import { assetName, assetObject } from "./asset-object.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { DocumentReference, NewDocument } from "./document.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { baseUrlOf } from "./document-url.ts";
import { countFindings } from "./finding-counts.ts";
import { isSoon } from "./is-soon.ts";
import { isoTime } from "./iso-time.ts";
import { marks } from "./marks.ts";
import { checkedStatus, isFinal, unaskedStatus, uncheckedStatus } from "./review-outcome.ts";
import type { UnaskedWebhook } from "./webhooks/document-webhooks.ts";

const SCHEDULED = {
  phase: "Pending",
  reason: "Scheduled",
  message: "Asset scheduled for processing",
} as const;

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

  /** The asset with its last status; undefined where the store is closing. */
  async review(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset | undefined> {
    const known = await this.#known(group, document);
    if (isFinal(known?.status)) return known;
    const content = await this.#context.blobs.get(document.hash).catch(this.#surprised);
    const reviewed = { group, document, known, size: content?.length ?? 0 };
    if (!content) return await this.#conclude(await this.#write(reviewed), uncheckedStatus("MissingContent"));
    const { type, fileName } = document;
    const checking = this.#check({ type, fileName, content }).catch(this.#surprised);
    // Nearly always it is done at once, and a status in between would cost as much as the rest.
    const scheduled = (await isSoon(checking, this.#context.clock))
      ? known
      : await this.#conclude(await this.#write(reviewed), SCHEDULED);
    const checked = await checking;
    // The next start looks for what was broken off.
    if (this.#context.closing.aborted) return undefined;
    const last = { ...reviewed, known: scheduled };
    if (checked && "unasked" in checked)
      return await this.#conclude(await this.#write(last), unaskedStatus(checked));
    return await this.#publish(last, checked);
  }

  async #check(document: NewDocument): Promise<CheckedDocument | UnaskedWebhook> {
    const { check, webhooks } = this.#context;
    const checked = await check(document);
    return webhooks ? await webhooks.ask(document, checked) : checked;
  }

  async #known(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset | undefined> {
    const name = assetName(group.metadata.name, document);
    const known = await this.#assets.get({ name });
    if (!known || isOwnedBy(known, group)) return known;
    // Of a group of the same name that is gone: it would not go with this one.
    await this.#assets.remove({ name });
    return undefined;
  }

  async #publish(reviewed: Reviewed, checked: CheckedDocument | undefined): Promise<ClusterAsset> {
    if (!checked)
      return await this.#conclude(await this.#write(reviewed), uncheckedStatus("ValidationError"));
    const { group, document, size } = reviewed;
    const { blobs, origin } = this.#context;
    const { converted, findings } = checked;
    const published = converted ? (await blobs.put(converted.content)).hash : document.hash;
    const found = findings.length > 0 ? await blobs.put(Buffer.from(JSON.stringify(findings))) : undefined;
    const written = await this.#write(reviewed, {
      [marks.published]: published,
      [marks.counts]: JSON.stringify(countFindings(findings)),
      [marks.size]: String(size),
      ...(found ? { [marks.findings]: found.hash } : {}),
    });
    const baseUrl = baseUrlOf(origin(), { group: group.metadata.name, hash: published });
    return await this.#conclude(written, checkedStatus(document, checked, baseUrl));
  }

  /** The asset with these annotations beside what it has. */
  async #write(
    { group, document, known }: Reviewed,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<ClusterAsset> {
    if (known)
      return await this.#assets.patch(known.metadata, {
        type: "merge",
        value: { metadata: { annotations } },
      });
    const { metadata, spec } = assetObject(group, document, this.#context.origin());
    const all = { ...metadata.annotations, ...annotations };
    return await this.#assets.create({ metadata: { ...metadata, annotations: all }, spec });
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
  /** The asset, where there is one already. */
  readonly known: ClusterAsset | undefined;
  /** Bytes that were uploaded. */
  readonly size: number;
}
