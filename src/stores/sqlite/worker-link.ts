import { reasonOf } from "../../core/failures.ts";
import type { ChangeText } from "../store.ts";
import { StoreFailure } from "../store-failure.ts";
import { ParsedObjects } from "./parsed-objects.ts";
import { ReadTexts } from "./read-texts.ts";
import type { FeedEvent, Request, Results, WorkerOptions } from "./protocol.ts";
import { startThread, ThreadLink, type ThreadFailures } from "./thread-link.ts";

const FAILURES: ThreadFailures = {
  broken: (error) => new StoreFailure("STORE_UNAVAILABLE", [reasonOf(error)], { cause: error }),
  closed: () => new StoreFailure("STORE_CLOSED"),
};

/** The store's thread as seen from outside. */
export class WorkerLink extends ThreadLink<Request, Results> {
  /** Of all collections of the store. */
  readonly objects = new ParsedObjects();
  /** Of all collections of the store. */
  readonly texts = new ReadTexts();
  /** What was made of lists of changes that many watches are given. */
  readonly textLists = new WeakMap<readonly FeedEvent[], readonly ChangeText[]>();
  #lastWatch = 0;

  /** Resolves when the data directory is open; rejects with why it is not, the thread being gone. */
  static async start(options: WorkerOptions): Promise<WorkerLink> {
    const worker = await startThread("worker", { name: "appconn-store", workerData: options });
    return new WorkerLink(worker, FAILURES);
  }

  /** A number for a watch that no other watch of this store has. */
  newWatch(): number {
    return ++this.#lastWatch;
  }
}
