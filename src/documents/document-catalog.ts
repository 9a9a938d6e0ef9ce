import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { Collection } from "../stores/store.ts";
import { assetName } from "./asset-object.ts";
import type { DocumentReference, DocumentType, KeptDocument } from "./document.ts";
import { documentsFailure } from "./documents-failure.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { readVersions, type DocumentVersion } from "./document-versions.ts";
import type { Finding } from "./finding.ts";
import { readCounts, type FindingCounts } from "./finding-counts.ts";
import { groupName, ownGroupName } from "./group-name.ts";
import { documentsOf } from "./group-object.ts";
import type { GroupReview } from "./group-review.ts";
import { marks } from "./marks.ts";
import { isFinal } from "./review-outcome.ts";
import { ServiceGroups } from "./service-groups.ts";

/** What is known of one document of a service. */
export interface DocumentState extends DocumentReference {
  readonly phase: "Pending" | "Ready" | "Failed";
  /** Of registry spec §9.2; empty before the first check. */
  readonly reason: string;
  readonly message: string;
  /** Bytes that were uploaded; undefined before the first check. */
  readonly size: number | undefined;
  readonly findings: FindingCounts;
  /** What is published in its place, where it was converted; else as uploaded. */
  readonly published: Pick<DocumentReference, "fileName" | "hash">;
  /** What the document says of itself; texts, or JSON. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Name of an Application; undefined for administrators who name none, and see what has the usual name. */
type Owner = string | undefined;

/** What people and tools are told of documents (registry spec §11.4), after the checks that run have ended. */
export class DocumentCatalog {
  readonly #context: DocumentsContext;
  readonly #review: GroupReview;
  readonly #groups: Collection<ClusterAssetGroup>;
  readonly #assets: Collection<ClusterAsset>;
  readonly #places: ServiceGroups;

  constructor(context: DocumentsContext, review: GroupReview) {
    this.#context = context;
    this.#review = review;
    this.#groups = context.store.collection(clusterAssetGroupKind);
    this.#assets = context.store.collection(clusterAssetKind);
    this.#places = new ServiceGroups(context.store);
  }

  /** Services with a document that can be fetched again from where it came. */
  async refreshable(): Promise<readonly { readonly application: string; readonly id: string }[]> {
    return (await this.#groups.list()).items.flatMap((group) => {
      const { [marks.application]: application, [marks.serviceId]: id } = group.metadata.annotations ?? {};
      const isRefreshable = documentsOf(group).some((document) => document.isRefreshable === true);
      return isRefreshable && application !== undefined && id !== undefined ? [{ application, id }] : [];
    });
  }

  async list(application: Owner, serviceId: string): Promise<readonly DocumentState[]> {
    const group = await this.#group(application, serviceId);
    if (!group) return [];
    const documents = documentsOf(group);
    return await Promise.all(
      documents.map(async (document) => stateOf(document, await this.#asset(group, document))),
    );
  }

  /**
   * As it is published: that of the version before while the new one is still being checked. undefined where the
   * service has no such document.
   */
  async published(
    application: Owner,
    serviceId: string,
    type: DocumentType,
  ): Promise<KeptDocument | undefined> {
    const group = await this.#group(application, serviceId);
    const current = group && documentsOf(group).find((document) => document.type === type);
    if (!current) return undefined;
    const { published } = await this.#lastChecked(group, current);
    return await this.#read(serviceId, { type, ...published });
  }

  /** What the checks say; undefined where the service has no such document. */
  async findings(
    application: Owner,
    serviceId: string,
    type: DocumentType,
  ): Promise<readonly Finding[] | undefined> {
    const group = await this.#group(application, serviceId);
    const document = group && documentsOf(group).find((candidate) => candidate.type === type);
    if (!document) return undefined;
    const hash = (await this.#asset(group, document))?.metadata.annotations?.[marks.findings];
    if (hash === undefined) return [];
    const content = await this.#context.blobs.get(hash);
    if (!content) throw documentsFailure("DOCUMENTS_CONTENT_MISSING", ["findings", serviceId, hash]);
    return JSON.parse(content.toString()) as readonly Finding[];
  }

  /** The last versions, the newest first. */
  async history(application: Owner, serviceId: string): Promise<readonly DocumentVersion[]> {
    const group = await this.#group(application, serviceId);
    return readVersions(group?.metadata.annotations?.[marks.versions]);
  }

  /** As uploaded, of any version that is kept; undefined where none has it. */
  async content(application: Owner, serviceId: string, hash: string): Promise<Buffer | undefined> {
    const versions = await this.history(application, serviceId);
    const isKept = versions.some(({ documents }) => documents.some((document) => document.hash === hash));
    return isKept ? await this.#context.blobs.get(hash) : undefined;
  }

  async #lastChecked(group: ClusterAssetGroup, current: DocumentReference): Promise<DocumentState> {
    const versions = readVersions(group.metadata.annotations?.[marks.versions]);
    const former = versions.flatMap(({ documents }) => documents.filter(({ type }) => type === current.type));
    for (const document of [current, ...former]) {
      // eslint-disable-next-line no-await-in-loop -- nearly always the first
      const asset = await this.#asset(group, document);
      if (isFinal(asset?.status)) return stateOf(document, asset);
    }
    return stateOf(current, undefined);
  }

  async #read(serviceId: string, { type, fileName, hash }: DocumentReference): Promise<KeptDocument> {
    const content = await this.#context.blobs.get(hash);
    if (content) return { type, fileName, hash, content };
    throw documentsFailure("DOCUMENTS_CONTENT_MISSING", [type, serviceId, hash]);
  }

  async #group(application: Owner, serviceId: string): Promise<ClusterAssetGroup | undefined> {
    const usual = groupName(serviceId);
    if (application === undefined) {
      await this.#review.settled(usual);
      return await this.#groups.get({ name: usual });
    }
    const names = [usual, ownGroupName(application, serviceId)];
    await Promise.all(names.map((name) => this.#review.settled(name)));
    return (await this.#places.place(application, serviceId)).group;
  }

  async #asset(group: ClusterAssetGroup, document: DocumentReference): Promise<ClusterAsset | undefined> {
    return await this.#assets.get({ name: assetName(group.metadata.name, document) });
  }
}

function stateOf(document: DocumentReference, asset: ClusterAsset | undefined): DocumentState {
  const { annotations = {} } = asset?.metadata ?? {};
  const { phase = "Pending", reason = "", message = "", assetRef } = asset?.status ?? {};
  const [file] = assetRef?.files ?? [];
  const size = annotations[marks.size];
  return {
    ...document,
    phase,
    reason,
    message,
    size: size === undefined ? undefined : Number(size),
    findings: readCounts(annotations[marks.counts]),
    published: {
      fileName: file?.name ?? document.fileName,
      hash: annotations[marks.published] ?? document.hash,
    },
    metadata: file?.metadata ?? {},
  };
}
