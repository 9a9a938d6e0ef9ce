import { test } from "node:test";
import { equal } from "node:assert/strict";
import type { Application } from "../../../src/core/resources/application.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { LatestApplications } from "../../../src/registry/latest-applications.ts";
import type { Change, Store } from "../../../src/stores/store.ts";
import { eventually } from "../../doubles/eventually.ts";

function shop(resourceVersion: string, description = ""): Application {
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name: "shop", uid: "u", resourceVersion, creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { description },
  };
}

/** A watch that tells what it is given. */
class ToldChanges {
  readonly #told: Change<Application>[] = [];
  #more = Promise.withResolvers<void>();

  tell(change: Change<Application>): void {
    this.#told.push(change);
    this.#more.resolve();
  }

  async *watch(_selector: unknown, { signal }: { signal: AbortSignal }): AsyncGenerator<Change<Application>> {
    signal.addEventListener("abort", () => this.#more.resolve());
    while (!signal.aborted) {
      for (let change = this.#told.shift(); change; change = this.#told.shift()) yield change;
      await this.#more.promise;
      this.#more = Promise.withResolvers();
    }
  }
}

async function opened(told: ToldChanges): Promise<LatestApplications> {
  const collection = { watch: told.watch.bind(told) };
  const store = { collection: () => collection } as unknown as Store;
  const latest = new LatestApplications({ store, clock: systemClock, warn: () => {} });
  told.tell({ type: "added", object: shop("9") });
  told.tell({ type: "synced", resourceVersion: "9" });
  await latest.synced;
  return latest;
}

const versionOf = (latest: LatestApplications) => latest.get("shop")?.metadata.resourceVersion;

test("latest Applications - what was written is there at once, until the watch has it or something newer", async () => {
  const told = new ToldChanges();
  await using latest = await opened(told);
  await latest.writes("shop", () => Promise.resolve(shop("10")));
  equal(versionOf(latest), "10");
  // The watch tells of this change and the next one at once.
  told.tell({ type: "modified", object: shop("11") });
  await eventually(() => equal(versionOf(latest), "11"));
});

test("latest Applications - a watch that is ahead of the answer of a write is believed", async () => {
  const told = new ToldChanges();
  await using latest = await opened(told);
  await latest.writes("shop", async () => {
    told.tell({ type: "modified", object: shop("101") });
    await eventually(() => equal(versionOf(latest), "101"));
    return shop("100");
  });
  equal(versionOf(latest), "101");
});

test("latest Applications - one that is deleted while it is written is gone", async () => {
  const told = new ToldChanges();
  await using latest = await opened(told);
  await latest.writes("shop", async () => {
    told.tell({ type: "deleted", object: shop("12") });
    await eventually(() => equal(versionOf(latest), undefined));
    return shop("10");
  });
  equal(versionOf(latest), undefined);
});
