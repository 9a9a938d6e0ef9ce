import { clusterAssetKind } from "../core/resources/cluster-asset.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import { collectContents } from "./collect-contents.ts";
import { collectGroups } from "./collect-groups.ts";
import type { DocumentsContext } from "./documents-context.ts";
import type { GroupReview } from "./group-review.ts";
import { examineAssets, type StaleAsset } from "./examine-assets.ts";
import { markLostContents } from "./mark-lost-contents.ts";

const HOUR = 3_600_000;

/** At start and every hour: collects what nothing refers to, and finishes what was broken off. */
export class Upkeep implements AsyncDisposable {
  readonly #context: DocumentsContext;
  readonly #review: GroupReview;
  readonly #closing = new AbortController();
  #timer: Disposable | undefined;
  #working: Promise<void>;

  constructor(context: DocumentsContext, review: GroupReview) {
    this.#context = context;
    this.#review = review;
    this.#working = this.#work();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#timer?.[Symbol.dispose]();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    // One that fails does not keep the others from being done.
    const works = [
      () => markLostContents(this.#context, { signal }),
      async () => {
        const { unfinished, stale } = await examineAssets(this.#context.store, { signal });
        await this.#remove(stale);
        for (const name of unfinished) this.#review.resume(name);
      },
      () => collectGroups(this.#context, { signal }),
      () => collectContents(this.#context, { signal }),
    ];
    for (const work of works) {
      try {
        // eslint-disable-next-line no-await-in-loop -- what a group leaves is collected after it
        await work();
      } catch (error) {
        if (signal.aborted) return;
        this.#context.surprised(error);
      }
    }
    this.#timer = this.#context.clock.after(HOUR, () => {
      this.#working = this.#work();
    });
  }

  async #remove(stale: readonly StaleAsset[]): Promise<void> {
    const assets = this.#context.store.collection(clusterAssetKind);
    for (const { name, group } of stale) {
      try {
        // eslint-disable-next-line no-await-in-loop -- nobody waits
        await assets.remove({ name }, { signal: this.#closing.signal });
      } catch (error) {
        if (!isStoreFailure(error, "STORE_NOT_FOUND")) throw error;
      }
      // It may have been wanted again since.
      this.#review.start(group);
    }
  }
}
