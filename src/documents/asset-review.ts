import { clusterAssetKind, type AssetStatus, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { Collection } from "../stores/store.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedApplication } from "../telemetry/noticed-object.ts";
import { assetName, assetObject } from "./asset-object.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { DocumentReference, NewDocument } from "./document.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { baseUrlOf } from "./document-url.ts";
import { countFindings, readCounts, type FindingCounts } from "./finding-counts.ts";
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

/** The generation of every new object that counts them. */
const FIRST_GENERATION = 1;

/** A document of a group. */
export interface DocumentPlace {
  readonly group: ClusterAssetGroup;
  readonly document: DocumentReference;
  /** The asset, where there is one already. */
  readonly known: ClusterAsset | undefined;
}

/** What was said of a document. */
export interface ReviewedAsset {
  readonly phase: AssetStatus["phase"];
  readonly counts: FindingCounts;
  /** When it stands in the ClusterAsset, or could not be written. Nobody has to wait for it. */
  readonly written: Promise<unknown>;
}

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

  /** The asset that the document has already. */
  async known(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset | undefined> {
    const name = assetName(group.metadata.name, document);
    const known = await this.#assets.get({ name });
    if (!known || isOwnedBy(known, group)) return known;
    // Of a group of the same name that is gone: it would not go with this one.
    await this.#assets.remove({ name });
    return undefined;
  }

  /** What is said of the document now; undefined where the store is closing. */
  async review(place: DocumentPlace): Promise<ReviewedAsset | undefined> {
    const { document, known } = place;
    const { blobs } = this.#context;
    // Also what was checked before lets go of its room.
    const fresh = blobs.takeFresh(document.hash);
    if (known?.status && isFinal(known.status)) {
      const { phase } = known.status;
      return { phase, counts: countsOf(known.metadata.annotations), written: Promise.resolve() };
    }
    const content = fresh ?? (await blobs.get(document.hash).catch(this.#surprised));
    const reviewed = { ...place, size: content?.length ?? 0 };
    if (!content) return this.#say(reviewed, { status: uncheckedStatus("MissingContent") });
    const { type, fileName } = document;
    const checking = this.#check({ type, fileName, content }).catch(this.#surprised);
    // Nearly always it is done at once, and a status in between would cost as much as the rest.
    const scheduled = (await isSoon(checking, this.#context.clock))
      ? known
      : await this.#write(reviewed, { status: SCHEDULED });
    const checked = await checking;
    // The next start looks for what was broken off.
    if (this.#context.closing.aborted) return undefined;
    const last = { ...reviewed, known: scheduled };
    if (checked && "unasked" in checked) return this.#say(last, { status: unaskedStatus(checked) });
    return await this.#publish(last, checked);
  }

  async #check(document: NewDocument): Promise<CheckedDocument | UnaskedWebhook> {
    const { check, webhooks } = this.#context;
    const checked = await check(document);
    return webhooks ? await webhooks.ask(document, checked) : checked;
  }

  async #publish(reviewed: Reviewed, checked: CheckedDocument | undefined): Promise<ReviewedAsset> {
    if (!checked) return this.#say(reviewed, { status: uncheckedStatus("ValidationError") });
    const { group, document, size } = reviewed;
    const { blobs, origin } = this.#context;
    const { converted, findings } = checked;
    const published = converted ? (await blobs.put(converted.content)).hash : document.hash;
    const found = findings.length > 0 ? await blobs.put(Buffer.from(JSON.stringify(findings))) : undefined;
    const baseUrl = baseUrlOf(origin(), { group: group.metadata.name, hash: published });
    return this.#say(reviewed, {
      status: checkedStatus(document, checked, baseUrl),
      annotations: {
        [marks.published]: published,
        [marks.counts]: JSON.stringify(countFindings(findings)),
        [marks.size]: String(size),
        ...(found ? { [marks.findings]: found.hash } : {}),
      },
    });
  }

  #say(reviewed: Reviewed, verdict: Verdict): ReviewedAsset {
    const written = this.#write(reviewed, verdict);
    // Whoever waits for it comes later, or not at all.
    written.catch(() => {});
    if (verdict.status.phase === "Failed") tellFailed(reviewed, verdict.status.reason ?? "Failed");
    const annotations = { ...reviewed.known?.metadata.annotations, ...verdict.annotations };
    return { phase: verdict.status.phase, counts: countsOf(annotations), written };
  }

  async #write({ group, document, known }: Reviewed, verdict: Verdict): Promise<ClusterAsset> {
    if (known) return await this.#change(known, verdict);
    const { metadata, spec } = assetObject(group, document, this.#context.origin());
    const annotations = { ...metadata.annotations, ...verdict.annotations };
    const status = this.#dated(verdict.status, FIRST_GENERATION);
    return await this.#assets.create(
      { metadata: { ...metadata, annotations }, spec, status },
      { withStatus: true },
    );
  }

  /** The asset with these annotations beside what it has, then with the status. */
  async #change(known: ClusterAsset, { status, annotations }: Verdict): Promise<ClusterAsset> {
    const patch = { type: "merge", value: { metadata: { annotations } } } as const;
    const asset = annotations ? await this.#assets.patch(known.metadata, patch) : known;
    const { resourceVersion: _any, ...metadata } = asset.metadata;
    return await this.#assets.updateStatus({
      ...asset,
      // Nobody else writes it, and annotations of others are none of its business.
      metadata: metadata as ClusterAsset["metadata"],
      status: this.#dated(status, asset.metadata.generation),
    });
  }

  #dated(status: Verdict["status"], observedGeneration: number | undefined): AssetStatus {
    return {
      ...status,
      lastHeartbeatTime: isoTime(this.#context.clock),
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
    };
  }

  readonly #surprised = (error: unknown): undefined => {
    this.#context.surprised(error);
  };
}

function countsOf(annotations: ClusterAsset["metadata"]["annotations"]): FindingCounts {
  return readCounts(annotations?.[marks.counts]);
}

function isOwnedBy(
  { metadata: { ownerReferences = [] } }: ClusterAsset,
  { metadata }: ClusterAssetGroup,
): boolean {
  return ownerReferences.some(({ uid }) => uid === metadata.uid);
}

interface Reviewed extends DocumentPlace {
  /** Bytes that were uploaded. */
  readonly size: number;
}

interface Verdict {
  readonly status: Omit<AssetStatus, "lastHeartbeatTime" | "observedGeneration">;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What the check says may quote the document, so it is read where the document is. */
function tellFailed({ group, document }: DocumentPlace, reason: string): void {
  const { [marks.application]: application, [marks.serviceId]: id } = group.metadata.annotations ?? {};
  if (application === undefined || id === undefined) return;
  const text = `service ${id}: ${document.fileName} is not as its format asks for, or could not be checked (${reason})`;
  notice(noticedApplication(application), "DocumentNotValid", text);
}
