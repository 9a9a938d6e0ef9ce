import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { ChangeRecords } from "../../../src/registry/change-records.ts";
import { ensureNamespace } from "../../../src/registry/ensure-namespace.ts";
import type { ServiceState } from "../../../src/registry/service-state.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { service } from "../../doubles/applications.ts";
import { NAMESPACE } from "../../doubles/registry.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const IDS = [
  "fc8ba7b4-0e27-4a4a-9f6b-3b3f4f8e2a11",
  "Ünd/Größe ../%2f\u{1f600}",
  "../../etc",
  "a".repeat(500),
  ".",
];

function state(id: string, description: string): ServiceState {
  const entry = service("Orders", [], { id, description });
  return { entry, credentials: undefined, parameters: undefined, documents: undefined };
}

test("change records - services of two Applications with one id, whatever it is, have a record each", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  await ensureNamespace(store, NAMESPACE);
  const applications = store.collection<Application>(applicationKind);
  const [shop, stock] = await Promise.all(
    ["shop", "stock"].map((name) => applications.create({ metadata: { name } })),
  );
  if (!shop || !stock) throw new Error("there are two");
  const records = new ChangeRecords(store, NAMESPACE);
  for (const id of IDS) {
    await records.keep(shop, state(id, "of the shop"));
    await records.keep(stock, state(id, "of the stock"));
    await records.keep(shop, state(id, "of the shop, again"));
    const kept = (await records.list()).map(({ application, state: { entry } }) => [
      application,
      entry.id,
      entry.description,
    ]);
    deepEqual(kept.toSorted(), [
      ["shop", id, "of the shop, again"],
      ["stock", id, "of the stock"],
    ]);
    await records.drop("shop", id);
    equal((await records.list())[0]?.application, "stock");
    await records.drop("stock", id);
    deepEqual(await records.list(), []);
  }
});
