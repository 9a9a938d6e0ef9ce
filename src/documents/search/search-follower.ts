import { setImmediate as nextTurn } from "node:timers/promises";
import {
  applicationKind,
  type Application,
  type ApplicationService,
} from "../../core/resources/application.ts";
import { clusterAssetGroupKind, type ClusterAssetGroup } from "../../core/resources/cluster-asset-group.ts";
import { clusterAssetKind, type AssetStatus, type ClusterAsset } from "../../core/resources/cluster-asset.ts";
import { FollowedCollection } from "../../snapshot/followed-collection.ts";
import { KeptWatch } from "../../snapshot/kept-watch.ts";
import type { SearchIndex } from "../../stores/search-index.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import type { Collection } from "../../stores/store.ts";
import { assetName } from "../asset-object.ts";
import type { DocumentReference } from "../document.ts";
import type { DocumentsContext } from "../documents-context.ts";
import { groupName, ownGroupName } from "../group-name.ts";
import { documentsOf } from "../group-object.ts";
import { marks } from "../marks.ts";
import { isFinal } from "../review-outcome.ts";
import { readContent } from "./content-reader.ts";
import { IndexedEntries } from "./indexed-entries.ts";
import { PacedWork } from "./paced-work.ts";
import { readSearchKey, writeSearchKey } from "./search-key.ts";
import { searchedApplication } from "./searched-application.ts";
import { searchedContent } from "./searched-content.ts";
import { searchedService } from "./searched-service.ts";
import { versionOf } from "./searched-version.ts";
import { ServiceNames } from "./service-names.ts";

/** Services between which others have their turn. */
const AT_ONCE = 100;

/** Looks again what is in the index, and brings all of it up to date. */
const EVERYTHING = "everything";

/** The service has just been removed; its Application is looked at next, and then its documents again. */
const UNSETTLED = "unsettled";

interface Place {
  readonly application: string;
  readonly serviceId: string;
  /** Of the service. */
  readonly displayName: string;
}

/**
 * Keeps the search index in step with Applications, their services and the documents of these. What no
 * Application refers to is not found (amendment A10). A document that is changed is found as it was before until
 * the new one has been checked, as it is published.
 */
export class SearchFollower implements AsyncDisposable {
  readonly #context: DocumentsContext;
  readonly #entries: IndexedEntries;
  readonly #work: PacedWork;
  readonly #applications: FollowedCollection<Application>;
  readonly #groups: FollowedCollection<ClusterAssetGroup>;
  readonly #assets: Collection<ClusterAsset>;
  readonly #assetWatch: KeptWatch;
  readonly #closing = new AbortController();
  readonly #names = new ServiceNames();
  /** Final states of assets that a watch has just brought, until their group is looked at. */
  readonly #checked = new Map<string, AssetStatus>();
  /** Applications whose services are being looked at. */
  readonly #updating = new Map<string, Promise<void>>();
  #isLoaded = false;
  #loading: Promise<void> | undefined;

  private constructor(context: DocumentsContext, index: SearchIndex) {
    const { store, clock, surprised } = context;
    this.#context = context;
    this.#entries = new IndexedEntries(index, (key) => this.#bucketOf(key));
    this.#work = new PacedWork({ work: (key) => this.#update(key), failed: surprised, clock });
    const follow = { interrupted: surprised, clock };
    this.#applications = new FollowedCollection<Application>({
      ...follow,
      collection: store.collection(applicationKind),
      changed: (name) => this.#changed(applicationBucket(name)),
    });
    this.#groups = new FollowedCollection<ClusterAssetGroup>({
      ...follow,
      collection: store.collection(clusterAssetGroupKind),
      changed: (name) => this.#changed(groupBucket(name)),
    });
    this.#assets = store.collection(clusterAssetKind);
    this.#assetWatch = new KeptWatch({
      ...follow,
      watch: (synced, signal) => this.#watchAssets(synced, signal),
    });
  }

  /** When all objects have been read; the index is filled from then on. Rejects where they cannot be read. */
  static async start(context: DocumentsContext, index: SearchIndex): Promise<SearchFollower> {
    await using stack = new AsyncDisposableStack();
    const follower = stack.use(new SearchFollower(context, index));
    await Promise.all([follower.#applications.synced, follower.#groups.synced, follower.#assetWatch.synced]);
    follower.lookAgain();
    stack.move();
    return follower;
  }

  /** Whether all that there is now can be found. */
  get isComplete(): boolean {
    return this.#isLoaded && this.#work.isIdle;
  }

  /** After the index refused to work: it may have been begun anew, and be empty. */
  lookAgain(): void {
    this.#isLoaded = false;
    this.#work.want(EVERYTHING);
  }

  /** Of a service that an Application refers to. */
  displayName(application: string, serviceId: string): string | undefined {
    const found = this.#applications.get(application);
    return found && this.#names.displayName(found, serviceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#applications.close(), this.#groups.close(), this.#assetWatch.close()]);
    await this.#work[Symbol.asyncDispose]();
  }

  /** Before the first look at the index all are taken up by that. */
  #changed(bucket: string): void {
    if (this.#isLoaded) this.#work.want(bucket);
  }

  /** They are not kept in memory for long: what a document says of itself may be long, too. */
  async #watchAssets(synced: () => void, signal: AbortSignal): Promise<void> {
    for await (const change of this.#assets.watch(undefined, { signal })) {
      if (change.type === "synced") synced();
      else if (change.type !== "bookmark") {
        const { metadata, status } = change.object;
        const group = metadata.labels?.[marks.group];
        if (group === undefined) continue;
        if (change.type === "deleted") this.#checked.delete(metadata.name);
        else if (this.#isLoaded && status && isFinal(status)) this.#checked.set(metadata.name, status);
        this.#changed(groupBucket(group));
      }
    }
  }

  async #update(bucket: string): Promise<void> {
    try {
      if (!this.#isLoaded) await (this.#loading ??= this.#load());
      const name = bucket.slice(bucket.indexOf("/") + 1);
      if (bucket === applicationBucket(name)) await this.#followApplication(name);
      else if (bucket === groupBucket(name)) await this.#updateGroup(name);
    } catch (error) {
      if (isStoreFailure(error, "SEARCH_INDEX_UNAVAILABLE")) this.#isLoaded = false;
      throw error;
    }
  }

  async #load(): Promise<void> {
    try {
      await this.#entries.load({ signal: this.#closing.signal });
    } finally {
      this.#loading = undefined;
    }
    this.#isLoaded = true;
    // First the Applications, which say which documents can be found.
    for (const { metadata } of this.#applications.values()) this.#work.want(applicationBucket(metadata.name));
    for (const bucket of this.#entries.buckets()) this.#work.want(bucket);
    for (const { metadata } of this.#groups.values()) this.#work.want(groupBucket(metadata.name));
  }

  async #followApplication(name: string): Promise<void> {
    const updating = this.#updateApplication(name);
    this.#updating.set(name, updating);
    try {
      await updating;
    } finally {
      this.#updating.delete(name);
    }
  }

  async #updateApplication(name: string): Promise<void> {
    const application = this.#applications.get(name);
    const bucket = applicationBucket(name);
    const wanted = new Set<string>();
    if (application) {
      const key = writeSearchKey({ application: name });
      wanted.add(key);
      await this.#entries.put(bucket, key, searchedApplication(application));
    }
    /** Together: the index keeps all in one go, which costs little more than one. */
    let writing: Promise<void>[] = [];
    for (const service of application?.spec?.services ?? []) {
      if (writing.length === AT_ONCE) {
        // oxlint-disable-next-line no-await-in-loop -- ten thousand at once would hold up calls
        await Promise.all(writing);
        writing = [];
        // oxlint-disable-next-line no-await-in-loop -- as above
        await nextTurn();
      }
      const key = writeSearchKey({ application: name, serviceId: service.id });
      wanted.add(key);
      writing.push(this.#updateService(name, service));
    }
    await Promise.all(writing);
    const gone = await this.#entries.keep(bucket, wanted);
    for (const { serviceId } of gone.flatMap((key) => readSearchKey(key) ?? [])) {
      if (serviceId !== undefined) this.#wantDocuments(name, serviceId);
    }
  }

  async #updateService(application: string, service: ApplicationService): Promise<void> {
    const key = writeSearchKey({ application, serviceId: service.id });
    const document = searchedService(application, service);
    const isChanged = await this.#entries.put(applicationBucket(application), key, document);
    if (isChanged) this.#wantDocuments(application, service.id);
  }

  /** They are found where their service is, and with its name. */
  #wantDocuments(application: string, serviceId: string): void {
    this.#work.want(groupBucket(groupName(serviceId)));
    const own = ownGroupName(application, serviceId);
    if (this.#groups.get(own)) this.#work.want(groupBucket(own));
  }

  async #updateGroup(name: string): Promise<void> {
    const group = this.#groups.get(name);
    const place = group && (await this.#placeOf(group));
    if (place === UNSETTLED) return;
    const documents = group ? documentsOf(group) : [];
    const wanted = new Set<string>();
    for (const document of place ? documents : []) {
      const { application, serviceId } = place as Place;
      const key = writeSearchKey({ application, serviceId, type: document.type });
      wanted.add(key);
      // oxlint-disable-next-line no-await-in-loop -- four at most
      await this.#updateDocument(key, document, { group: name, ...(place as Place) });
    }
    for (const document of documents) this.#checked.delete(assetName(name, document));
    await this.#entries.keep(groupBucket(name), wanted);
  }

  async #updateDocument(
    key: string,
    document: DocumentReference,
    { group, application, displayName }: Place & { readonly group: string },
  ): Promise<void> {
    const bucket = groupBucket(group);
    const name = assetName(group, document);
    // The name of an asset stands for the document's content.
    const version = versionOf([name, displayName]);
    if (this.#entries.version(bucket, key) === version) return;
    // Nothing final is said of a document before its group is ready; its asset comes then, by the watch.
    const isReady = this.#groups.get(group)?.status?.phase === "Ready";
    const status =
      this.#checked.get(name) ?? (isReady ? await this.#assets.get({ name }) : undefined)?.status;
    // What comes of its check changes the asset.
    if (!status || !isFinal(status)) return;
    const content = await readContent(this.#context, document, status);
    const { type } = document;
    const searched = searchedContent({ application, displayName, type, version, ...content });
    await this.#entries.put(bucket, key, searched);
  }

  /** Asked when all groups are known. */
  #bucketOf(key: string): string | undefined {
    const { application, serviceId, type } = readSearchKey(key) ?? {};
    if (application === undefined) return undefined;
    if (serviceId === undefined || type === undefined) return applicationBucket(application);
    const own = ownGroupName(application, serviceId);
    return groupBucket(this.#groups.get(own) ? own : groupName(serviceId));
  }

  /** undefined where no service is indexed that has the group. */
  async #placeOf({
    metadata: { annotations },
  }: ClusterAssetGroup): Promise<Place | typeof UNSETTLED | undefined> {
    const application = annotations?.[marks.application];
    const serviceId = annotations?.[marks.serviceId];
    if (application === undefined || serviceId === undefined) return undefined;
    // Otherwise documents of a start would be taken for those of nobody. Whoever wanted it is told of its failure.
    await this.#updating.get(application)?.catch(() => {});
    const key = writeSearchKey({ application, serviceId });
    if (this.#entries.version(applicationBucket(application), key) === undefined) return undefined;
    const displayName = this.displayName(application, serviceId);
    return displayName === undefined ? UNSETTLED : { application, serviceId, displayName };
  }
}

function applicationBucket(name: string): string {
  return `application/${name}`;
}

function groupBucket(name: string): string {
  return `group/${name}`;
}
