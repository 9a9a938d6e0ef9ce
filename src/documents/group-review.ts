import { allDone } from "../core/all-done.ts";
import {
  clusterAssetGroupKind,
  type AssetGroupStatus,
  type ClusterAssetGroup,
} from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection } from "../stores/store.ts";
import { assetName } from "./asset-object.ts";
import { AssetReview, type DocumentPlace, type ReviewedAsset } from "./asset-review.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { readVersions } from "./document-versions.ts";
import { documentsOf } from "./group-object.ts";
import { isSoon } from "./is-soon.ts";
import { isoTime } from "./iso-time.ts";
import { marks } from "./marks.ts";
import { isFinal } from "./review-outcome.ts";
import { Slots } from "./slots.ts";

/** Groups that are reviewed at once: after a start there may be thousands. */
const AT_ONCE = 4;

/** How often one review begins anew because others change what it writes; then it is left to the next hour. */
const PERSISTENCE = 20;

/** Milliseconds that whoever asks about a group waits for its review. */
const PATIENCE = 5000;

const WAITING = {
  phase: "Pending",
  reason: "WaitingForAssets",
  message: "Waiting for assets to be in Ready phase",
} as const;

/** A group as it was just written. */
export interface WrittenGroup {
  readonly group: ClusterAssetGroup;
  /** There was none of its name: nothing has been said of its documents yet. */
  readonly isNew: boolean;
}

interface RunningReview {
  /** It has to begin anew. */
  isOutdated: boolean;
  /** Names of assets that it made, or that may be there of a version before. */
  readonly assets: Set<string>;
  readonly done: Promise<void>;
}

/**
 * Brings the ClusterAssets and the status of a group in line with its documents, in the background: whoever
 * registers a service does not wait for checks. One at a time per group; a change meanwhile begins it anew.
 */
export class GroupReview implements AsyncDisposable {
  readonly #context: DocumentsContext;
  readonly #groups: Collection<ClusterAssetGroup>;
  readonly #assets: Collection<ClusterAsset>;
  readonly #review: AssetReview;
  /** By the name of the group. */
  readonly #running = new Map<string, RunningReview>();
  readonly #slots = new Slots(AT_ONCE);
  #isClosed = false;

  constructor(context: DocumentsContext) {
    this.#context = context;
    this.#groups = context.store.collection(clusterAssetGroupKind);
    this.#assets = context.store.collection(clusterAssetKind);
    this.#review = new AssetReview(context);
  }

  /** Reviews under way are finished; those that wait are begun by the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#running.values(), ({ done }) => done));
  }

  /** Begins a review, or one more after that which runs. Whoever has just written the group saves it the reading. */
  start(name: string, written?: WrittenGroup): void {
    if (this.#isClosed) return;
    const running = this.#running.get(name);
    if (running) running.isOutdated = true;
    else {
      const done = this.#slots.run(() => this.#run(name, written));
      this.#running.set(name, { isOutdated: false, assets: new Set(), done });
    }
  }

  /** Begins a review, unless one is running: for whoever has changed nothing and only saw that one is needed. */
  resume(name: string): void {
    if (!this.#running.has(name)) this.start(name);
  }

  /**
   * When nothing is left to be reviewed of the group, or after some seconds: reviews wait for each other, and
   * a document of one system may take long. Never rejects.
   */
  async settled(name: string): Promise<void> {
    const running = this.#running.get(name);
    if (!running) return;
    const patience = Promise.withResolvers<void>();
    using _timer = this.#context.clock.after(PATIENCE, patience.resolve);
    await Promise.race([running.done, patience.promise]);
  }

  async #run(name: string, written?: WrittenGroup): Promise<void> {
    let begin = written;
    // Whoever starts a review has put it into the map when it goes on.
    await Promise.resolve();
    let overtaken = 0;
    while (!this.#isClosed) {
      const running = this.#running.get(name);
      if (running) running.isOutdated = false;
      try {
        // eslint-disable-next-line no-await-in-loop -- one after the other
        await this.#once(name, begin);
      } catch (error) {
        // The group was changed or removed meanwhile, or somebody removed an asset.
        const isOvertaken = isStoreFailure(
          error,
          "STORE_CONFLICT",
          "STORE_NOT_FOUND",
          "STORE_ALREADY_EXISTS",
        );
        if (!isOvertaken || ++overtaken > PERSISTENCE) this.#context.surprised(error);
        else if (running) running.isOutdated = true;
      }
      begin = undefined;
      if (running?.isOutdated !== true) break;
    }
    this.#running.delete(name);
  }

  async #once(name: string, written: WrittenGroup | undefined): Promise<void> {
    const found = written?.group ?? (await this.#groups.get({ name }));
    if (!found || found.metadata.deletionTimestamp !== undefined) return await this.#drop(name, new Set());
    const documents = documentsOf(found);
    const places = await this.#places(found, written?.isNew === true);
    const reviewing = this.#reviewAll(places);
    const isReviewed = places.every(({ known }) => isFinal(known?.status));
    const group = isReviewed ? found : await this.#wait(found, reviewing);
    const assets = await reviewing;
    // What was broken off is begun anew by the next start.
    if (this.#context.closing.aborted) return;
    const former = readVersions(group.metadata.annotations?.[marks.versions]).flatMap(
      (version) => version.documents,
    );
    for (const document of former) this.#remember(name, assetName(name, document));
    const wanted = new Set(documents.map((document) => assetName(name, document)));
    const writing = assets.map((asset) => asset.written);
    // What stands in place of another is there before that goes; otherwise the store writes all in one go.
    if (this.#unwanted(name, wanted).length > 0) await allDone(writing);
    await this.#drop(name, wanted);
    const ready = { phase: "Ready", reason: "AssetsReady", message: readyMessage(assets) } as const;
    await allDone([...writing, this.#conclude(group, ready)]);
  }

  /** The documents with the assets that they have; those of a new group have none. */
  async #places(group: ClusterAssetGroup, isNew: boolean): Promise<readonly DocumentPlace[]> {
    return await Promise.all(
      documentsOf(group).map(async (document) => {
        const known = isNew ? undefined : await this.#review.known(group, document);
        return { group, document, known };
      }),
    );
  }

  /** STORE_CONFLICT where the group has changed since it was read: then something else is to be said of it. */
  async #conclude(group: ClusterAssetGroup, status: AssetGroupStatus): Promise<ClusterAssetGroup> {
    const { phase, reason, message } = group.status ?? {};
    if (phase === status.phase && reason === status.reason && message === status.message) return group;
    const lastHeartbeatTime = isoTime(this.#context.clock);
    return await this.#groups.updateStatus({ ...group, status: { ...status, lastHeartbeatTime } });
  }

  /** Says that the group waits; not of a new one whose checks are done at once, as nearly all are. */
  async #wait(group: ClusterAssetGroup, reviewing: Promise<unknown>): Promise<ClusterAssetGroup> {
    if (group.status === undefined && (await isSoon(reviewing, this.#context.clock))) return group;
    try {
      return await this.#conclude(group, WAITING);
    } catch (error) {
      await Promise.allSettled([reviewing]);
      throw error;
    }
  }

  async #reviewAll(places: readonly DocumentPlace[]): Promise<readonly ReviewedAsset[]> {
    const assets: ReviewedAsset[] = [];
    for (const place of places) {
      const { name } = place.group.metadata;
      this.#remember(name, assetName(name, place.document));
      // eslint-disable-next-line no-await-in-loop -- checks wait for each other, and contents would wait in memory
      const asset = await this.#review.review(place);
      if (asset) assets.push(asset);
    }
    return assets;
  }

  #remember(group: string, asset: string): void {
    this.#running.get(group)?.assets.add(asset);
  }

  /**
   * Removes the assets that were made in this review, or for a version before, and are not wanted: also those
   * that were made when the group had just been removed, which would otherwise take them along.
   */
  async #drop(name: string, wanted: ReadonlySet<string>): Promise<void> {
    for (const asset of this.#unwanted(name, wanted)) {
      try {
        // eslint-disable-next-line no-await-in-loop -- a few, and nobody waits
        await this.#assets.remove({ name: asset });
      } catch (error) {
        if (!isStoreFailure(error, "STORE_NOT_FOUND")) throw error;
      }
    }
  }

  #unwanted(name: string, wanted: ReadonlySet<string>): readonly string[] {
    return [...(this.#running.get(name)?.assets ?? [])].filter((asset) => !wanted.has(asset));
  }
}

/**
 * A document that failed its check does not keep its group from being ready, which in the original hides all
 * the others for ever (registry spec §11.1).
 */
function readyMessage(assets: readonly ReviewedAsset[]): string {
  const failed = assets.filter(({ phase }) => phase !== "Ready").length;
  const warnings = assets.reduce((sum, { counts }) => sum + counts.error + counts.warning, 0);
  if (failed === 0 && warnings === 0) return "Assets are ready to use";
  return `Assets are ready to use, with ${warnings} warnings; ${failed} of ${assets.length} did not pass the check`;
}
