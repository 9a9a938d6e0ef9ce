import { applicationKind, type Application } from "../core/resources/application.ts";
import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { New } from "../core/resources/resource.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection } from "../stores/store.ts";
import type { DocumentGroup, DocumentReference, NewDocument, StagedDocuments } from "./document.ts";
import { referencesOf } from "./document.ts";
import { documentReport, type DocumentReport } from "./document-report.ts";
import { documentsFailure } from "./documents-failure.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { groupName } from "./group-name.ts";
import { documentsOf, groupObject } from "./group-object.ts";
import type { GroupReview, WrittenGroup } from "./group-review.ts";
import { ServiceGroups, type GroupPlace } from "./service-groups.ts";
import { KeyedLock } from "../core/keyed-lock.ts";

/** How often a group is written again that another process changed meanwhile. */
const ATTEMPTS = 5;

/**
 * The documents of services. The content is in the store of blobs, by its hash; which documents a service has
 * stands in its ClusterAssetGroup, whose one update replaces them as a whole.
 */
export class DocumentStore {
  readonly #context: DocumentsContext;
  readonly #review: GroupReview;
  readonly #groups: Collection<ClusterAssetGroup>;
  readonly #places: ServiceGroups;
  readonly #applications: Collection<Application>;
  readonly #turns = new KeyedLock();

  constructor(context: DocumentsContext, review: GroupReview) {
    this.#context = context;
    this.#review = review;
    this.#groups = context.store.collection(clusterAssetGroupKind);
    this.#places = new ServiceGroups(context.store);
    this.#applications = context.store.collection(applicationKind);
  }

  /** What the checks say of documents, of which nothing is kept. */
  check(documents: readonly NewDocument[]): Promise<readonly DocumentReport[]> {
    return Promise.all(documents.map((document) => documentReport(document, this.#context.check)));
  }

  /** Keeps bytes durably; they are collected after an hour unless they are published. */
  async stage(documents: readonly NewDocument[]): Promise<StagedDocuments> {
    const staged = documents.map(async ({ content, ...document }) => {
      const { blobs } = this.#context;
      const { hash } = await blobs.put(content);
      blobs.keepFresh(hash, content);
      return { ...document, hash };
    });
    return { documents: await Promise.all(staged) };
  }

  /**
   * Replaces the documents of a service; none at all removes the group. Rejects with
   * DOCUMENTS_APPLICATION_MISSING, DOCUMENTS_STAGED_GONE, DOCUMENTS_CONTENDED.
   */
  async publish(group: DocumentGroup, staged: StagedDocuments): Promise<void> {
    if (staged.documents.length === 0) return await this.remove(group.application, group.serviceId);
    const documents = referencesOf(staged);
    await Promise.all(documents.map((document) => this.#keep(document)));
    const written = await this.#turns.run(group.serviceId, () => this.#write(group, documents));
    this.#review.start(written.group.metadata.name, written);
  }

  /** What was uploaded; empty for a service without documents. Who reads a content finds out whether it is there. */
  async references(application: string, serviceId: string): Promise<readonly DocumentReference[]> {
    const { group } = await this.#places.place(application, serviceId);
    return group ? documentsOf(group) : [];
  }

  /** DOCUMENTS_CONTENT_MISSING, BLOB_DAMAGED. */
  async read(serviceId: string, document: DocumentReference): Promise<Uint8Array> {
    const content = await this.#context.blobs.get(document.hash);
    if (!content) throw missingContent(serviceId, document);
    return content;
  }

  /** Also what is not there; the assets go with the group, and contents are collected later. */
  async remove(application: string, serviceId: string): Promise<void> {
    await this.#turns.run(serviceId, async () => {
      const { name, group } = await this.#places.place(application, serviceId);
      if (!group) return;
      try {
        await this.#groups.remove({ name }, { precondition: { uid: group.metadata.uid } });
      } catch (error) {
        if (!isStoreFailure(error, "STORE_NOT_FOUND", "STORE_CONFLICT")) throw error;
      }
    });
  }

  async #keep({ type, hash }: DocumentReference): Promise<void> {
    if (!(await this.#context.blobs.hold(hash)))
      throw documentsFailure("DOCUMENTS_STAGED_GONE", [type, hash]);
  }

  async #write(group: DocumentGroup, documents: readonly DocumentReference[]): Promise<WrittenGroup> {
    const owner = group.applicationUid ?? (await this.#uidOf(group.application));
    const { origin, clock } = this.#context;
    const state = { group, documents, owner, origin: origin(), at: new Date(clock.now()).toISOString() };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const isNew = group.isNew === true && attempt === 0;
      // eslint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      const { name, group: previous } = await this.#placeOf(group, isNew);
      const next = groupObject({ ...state, name }, previous);
      try {
        // eslint-disable-next-line no-await-in-loop -- as above
        return await this.#replace(previous, next);
      } catch (error) {
        if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_ALREADY_EXISTS", "STORE_NOT_FOUND")) throw error;
      }
    }
    throw documentsFailure("DOCUMENTS_CONTENDED", [group.serviceId]);
  }

  async #placeOf({ application, serviceId }: DocumentGroup, isNew: boolean): Promise<GroupPlace> {
    if (isNew) return { name: groupName(serviceId), group: undefined };
    return await this.#places.place(application, serviceId);
  }

  async #uidOf(name: string): Promise<string> {
    const application = await this.#applications.get({ name });
    if (!application) throw documentsFailure("DOCUMENTS_APPLICATION_MISSING", [name]);
    return application.metadata.uid;
  }

  async #replace(
    previous: ClusterAssetGroup | undefined,
    { metadata, spec }: New<ClusterAssetGroup>,
  ): Promise<WrittenGroup> {
    if (!previous) return { group: await this.#groups.create({ metadata, spec }), isNew: true };
    const next = { ...previous, metadata: { ...previous.metadata, ...metadata }, spec };
    return { group: await this.#groups.update(next), isNew: false };
  }
}

function missingContent(serviceId: string, { type, hash }: DocumentReference): Error {
  return documentsFailure("DOCUMENTS_CONTENT_MISSING", [type, serviceId, hash]);
}
