import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { Application } from "../../../src/core/resources/application.ts";
import type { ListSplice, SpliceResult } from "../../../src/stores/sqlite/protocol.ts";
import { applicationKey, StoreEngine } from "../../doubles/store-engine.ts";
import { kinds } from "../../doubles/store-kinds.ts";

const MANY = 60;
const shop = { name: "shop" };

const service = (number: number, description = "x".repeat(200)) => ({
  id: `id-${number}`,
  name: `service-${number}`,
  displayName: `Service ${number}`,
  providerDisplayName: "Provider",
  description,
  entries: [],
});

function create(store: StoreEngine): Application {
  const services = Array.from({ length: MANY }, (_, index) => service(index));
  return store.create(applicationKey, { metadata: shop, spec: { services } }) as Application;
}

/** The write of an object that rests on `application`, its items left out. */
function splice(
  store: StoreEngine,
  application: Application,
  list: Omit<ListSplice, "length">,
): SpliceResult {
  const value = JSON.stringify({ ...application, spec: { ...application.spec, services: [] } });
  const length = application.spec?.services?.length ?? 0;
  const request = { operation: "splice", kind: applicationKey, value, list: { ...list, length } } as const;
  const [outcome] = store.engine.commit([{ ...request, now: 0, dryRun: false }]);
  if (!outcome || "failure" in outcome) throw outcome?.failure ?? new Error("no outcome");
  return outcome.result;
}

function stored(store: StoreEngine): Application {
  return JSON.parse(store.engine.get(applicationKey, shop) ?? "") as Application;
}

test("large lists - a change of one item writes that item and the rest of the object, not all items", () => {
  using store = new StoreEngine();
  const before = create(store);
  const { text, whole } = splice(store, before, {
    start: MANY,
    removed: 0,
    items: [JSON.stringify(service(100))],
  });
  equal(whole, false);
  ok(text.length < 1000, "the answer is that small too");
  const after = stored(store);
  deepEqual(after.spec?.services, [...(before.spec?.services ?? []), service(100)]);
  equal(after.metadata.generation, 2);
  equal((JSON.parse(text) as Application).metadata.resourceVersion, after.metadata.resourceVersion);
});

test("large lists - a watcher of the same process is told which version it has, one after a restart what it is", () => {
  using store = new StoreEngine();
  const before = create(store);
  const { resourceVersion } = before.metadata;
  splice(store, before, { start: 0, removed: 1, items: [] });
  const now = stored(store);
  const own = store.engine.watch(applicationKey, {}, resourceVersion);
  const version = now.metadata.resourceVersion;
  deepEqual(own.next(), [{ type: "modified", ref: shop, version }]);
  store.reopen(kinds);
  const [event] = store.engine.watch(applicationKey, {}, resourceVersion).next();
  ok(event && "text" in event);
  deepEqual([event.type, JSON.parse(event.text)], ["modified", now]);
});

test("large lists - of two changes a watcher that comes later is told the last one", () => {
  using store = new StoreEngine();
  const first = create(store);
  splice(store, first, { start: 0, removed: 1, items: [] });
  const second = stored(store);
  splice(store, second, { start: 0, removed: 1, items: [] });
  const { resourceVersion: version } = stored(store).metadata;
  const events = store.engine.watch(applicationKey, {}, first.metadata.resourceVersion).next();
  deepEqual(events, [{ type: "modified", ref: shop, version }]);
});

test("large lists - an object that gets too large by an item stays as it is", () => {
  using store = new StoreEngine();
  const before = create(store);
  const huge = JSON.stringify(service(100, "x".repeat(64 * 1024 * 1024)));
  throws(() => splice(store, before, { start: MANY, removed: 0, items: [huge] }), {
    code: "STORE_TOO_LARGE",
  });
  deepEqual(stored(store), before);
});

test("large lists - an object that becomes small is whole again, and one that is whole may become large", () => {
  using store = new StoreEngine();
  const before = create(store);
  store.patch(applicationKey, shop, { spec: { services: [service(1)] } });
  const small = stored(store);
  deepEqual(small.spec?.services, [service(1)]);
  const items = Array.from({ length: MANY }, (_, index) => JSON.stringify(service(200 + index)));
  equal(splice(store, small, { start: 1, removed: 0, items }).whole, true);
  equal(stored(store).spec?.services?.length, MANY + 1);
  equal(splice(store, stored(store), { start: 1, removed: MANY, items: [] }).whole, false);
  deepEqual(stored(store).spec, { ...before.spec, services: [service(1)] });
});

test("large lists - labels that change with an item reach watchers that select by them", () => {
  using store = new StoreEngine();
  const before = create(store);
  const labelled = { labels: [{ key: "on", operator: "exists", values: [] }] } as const;
  const cursor = store.engine.watch(applicationKey, labelled, before.metadata.resourceVersion);
  const next = { ...before, metadata: { ...before.metadata, labels: { on: "yes" } } };
  splice(store, next, { start: 0, removed: 1, items: [] });
  const [event] = cursor.next();
  ok(event && "text" in event);
  deepEqual([event.type, JSON.parse(event.text)], ["added", stored(store)]);
});
