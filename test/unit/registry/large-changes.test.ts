import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { ChangeRecords } from "../../../src/registry/change-records.ts";
import { ensureNamespace } from "../../../src/registry/ensure-namespace.ts";
import { partNames } from "../../../src/registry/record-parts.ts";
import type { ServiceState } from "../../../src/registry/service-state.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../../src/stores/store.ts";
import { service } from "../../doubles/applications.ts";
import { call } from "../../doubles/connector.ts";
import {
  NAMESPACE,
  plainService,
  post,
  put,
  registered,
  registryScene,
  servicesPath,
} from "../../doubles/registry.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

/** Three bytes a character, so that a cut falls into one. */
const LONG = "€".repeat(400_000);

const secretsOf = async (store: Store) => (await store.collection<Secret>(secretKind).list()).items;

test("registry - a service that is larger than one Secret is changed like any other", async (context) => {
  const { origin, store } = await registryScene(context);
  for (const body of [
    plainService("Long", { description: LONG }),
    plainService("Many", {
      labels: Object.fromEntries(
        Array.from({ length: 20_000 }, (_, index) => [`label${index}`, "€".repeat(9)]),
      ),
    }),
  ]) {
    // eslint-disable-next-line no-await-in-loop
    const id = await registered(origin, body);
    // eslint-disable-next-line no-await-in-loop
    const { status, text } = await put(origin, id, { ...body, provider: "another" });
    equal(status, 200, text.slice(0, 200));
    // eslint-disable-next-line no-await-in-loop
    const found = JSON.parse((await call(origin, `${servicesPath()}/${id}`)).text) as { provider: string };
    equal(found.provider, "another");
  }
  deepEqual(await secretsOf(store), []);
});

test("registry - credentials and parameters that are larger than a Secret are 413, and leave nothing", async (context) => {
  const { origin, store } = await registryScene(context);
  const targetUrl = "http://a.example";
  const id = await registered(origin, plainService("Orders", { api: { targetUrl } }));
  for (const api of [
    { targetUrl, credentials: { basic: { username: LONG, password: "p" } } },
    { targetUrl, requestParameters: { headers: { "X-Long": [LONG] } } },
  ]) {
    // eslint-disable-next-line no-await-in-loop
    const created = await post(origin, plainService("New", { api }));
    deepEqual(JSON.parse(created.text), {
      code: 413,
      error:
        "Creating service failed, credentials and request parameters do not fit into a Secret: Too long: may not be more than 1048576 bytes",
    });
    // eslint-disable-next-line no-await-in-loop
    const changed = await put(origin, id, plainService("Orders", { api }));
    equal(changed.status, 413);
    // eslint-disable-next-line no-await-in-loop
    deepEqual(await secretsOf(store), []);
  }
});

function state(description: string): ServiceState {
  const entry = service("Orders", [], { id: "fc8ba7b4-0e27-4a4a-9f6b-3b3f4f8e2a11", description });
  return { entry, credentials: undefined, parameters: undefined, documents: undefined };
}

test("change records - one larger than a Secret is kept in parts, and counts when all of them are there", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  await ensureNamespace(store, NAMESPACE);
  const shop = await store.collection<Application>(applicationKind).create({ metadata: { name: "shop" } });
  const { id } = state("").entry;
  const descriptions = async (records: ChangeRecords) =>
    (await records.list()).map(({ state: { entry } }) => entry.description);

  await new ChangeRecords(store, NAMESPACE).keep(shop, state(LONG));
  // Another process finds it, and what it keeps in its place has other parts.
  const records = new ChangeRecords(store, NAMESPACE);
  await records.collectParts();
  deepEqual(await descriptions(records), [LONG]);
  await records.keep(shop, state(`${LONG}!`));
  deepEqual(await descriptions(records), [`${LONG}!`]);
  await records.collectParts();
  const [head, ...others] = (await secretsOf(store)).toSorted((one, other) =>
    one.metadata.name < other.metadata.name ? -1 : 1,
  );
  deepEqual(
    others.map(({ metadata }) => metadata.name),
    partNames(head?.data ?? {}),
  );
  await records.keep(shop, state("short"));
  deepEqual(await descriptions(records), ["short"]);
  await records.collectParts();
  equal((await secretsOf(store)).length, 1);

  await records.keep(shop, state(LONG));
  await records.drop("shop", id);
  deepEqual(await secretsOf(store), []);
});
