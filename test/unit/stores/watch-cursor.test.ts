import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Resource } from "../../../src/core/resources/resource.ts";
import type { FeedEvent } from "../../../src/stores/sqlite/protocol.ts";
import type { WatchCursor } from "../../../src/stores/sqlite/watch-cursor.ts";
import type { Change, Selector } from "../../../src/stores/store.ts";
import { kinds } from "../../doubles/store-kinds.ts";
import { configMapKey, StoreEngine, widgetKey } from "../../doubles/store-engine.ts";
import { WatchModel } from "../../doubles/watch-model.ts";

const inDefault = (name: string) => ({ name, namespace: "default" });
const numbered = (index: number) => `n${String(index).padStart(4, "0")}`;

function toChange(event: FeedEvent): Change<Resource> {
  if ("ref" in event) throw new Error("nothing is written by splices here");
  return "text" in event ? { type: event.type, object: JSON.parse(event.text) as Resource } : event;
}

/** Reads what there is now. */
function drain(cursor: WatchCursor, model: WatchModel): void {
  for (let events = cursor.next(); events.length > 0; events = cursor.next()) {
    for (const event of events) model.apply(toChange(event));
  }
}

function fill(store: StoreEngine, count: number): void {
  const writes = Array.from({ length: count }, (_, index) => ({
    operation: "create" as const,
    kind: configMapKey,
    value: JSON.stringify({ metadata: inDefault(numbered(index)), data: { size: "x".repeat(500) } }),
  }));
  for (const answer of store.writeAll(writes)) answer();
}

function listed(store: StoreEngine, selector: Selector = {}): Resource[] {
  return store.list(configMapKey, selector);
}

test("watch - a long list comes in parts, and what changes between them is replayed once", () => {
  using store = new StoreEngine();
  fill(store, 600);
  const cursor = store.engine.watch(configMapKey, {}, undefined);
  const model = new WatchModel();
  const first = cursor.next();
  for (const event of first) model.apply(toChange(event));
  ok(first.length < 600, "there is more than one part");
  // Before and after the part that was read: changed, removed, removed and made again, added.
  const change = (name: string) => store.patch(configMapKey, inDefault(name), { data: { changed: "yes" } });
  const remove = (name: string) => store.remove(configMapKey, inDefault(name));
  const create = (name: string) => store.create(configMapKey, { metadata: inDefault(name) });
  for (const offset of [0, 400]) {
    change(numbered(offset + 1));
    remove(numbered(offset + 2));
    remove(numbered(offset + 3));
    create(numbered(offset + 3));
    create(`${numbered(offset + 4)}-new`);
  }
  drain(cursor, model);
  equal(model.synced, true);
  deepEqual(model.objects, listed(store));
  change(numbered(5));
  drain(cursor, model);
  deepEqual(model.objects, listed(store));
});

test("watch - watchers that join at any moment, in any way, end with what the store holds", () => {
  const name = fc.nat(5).map((index) => `m${index}`);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("toggle" as const), name }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("label" as const), name, on: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("change" as const), name, value: fc.string() }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("join" as const), selective: fc.boolean(), from: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("read" as const), which: fc.nat(10) }) },
  );
  const labelled: Selector = { labels: [{ key: "on", operator: "exists", values: [] }] };
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      using store = new StoreEngine();
      const watchers: { cursor: WatchCursor; model: WatchModel; selector: Selector }[] = [];
      for (const one of steps) {
        if (one.do === "toggle") {
          if (store.has(configMapKey, inDefault(one.name))) store.remove(configMapKey, inDefault(one.name));
          else store.create(configMapKey, { metadata: inDefault(one.name) });
        } else if (one.do === "label" || one.do === "change") {
          if (!store.has(configMapKey, inDefault(one.name))) continue;
          const change =
            one.do === "label"
              ? { metadata: { labels: { on: one.on ? "" : null } } }
              : { data: { v: one.value } };
          store.patch(configMapKey, inDefault(one.name), change);
        } else if (one.do === "join") {
          const selector = one.selective ? labelled : {};
          const resourceVersion = String(store.engine.version);
          const known = { items: listed(store, selector), resourceVersion };
          const cursor = store.engine.watch(configMapKey, selector, one.from ? resourceVersion : undefined);
          watchers.push({ cursor, model: new WatchModel(one.from ? known : undefined), selector });
        } else {
          const watcher = watchers[one.which];
          if (watcher) for (const event of watcher.cursor.next()) watcher.model.apply(toChange(event));
        }
      }
      for (const { cursor, model, selector } of watchers) {
        drain(cursor, model);
        equal(model.synced, true);
        deepEqual(model.objects, listed(store, selector));
      }
    }),
    { numRuns: 40 },
  );
});

test("watch - from before the start of the log is refused, from its start not", () => {
  using store = new StoreEngine();
  const start = store.engine.version;
  fill(store, 30);
  while (store.engine.trim(start + 10));
  const expired = { code: "STORE_EXPIRED", message: `too old resource version: ${start} (${start + 30})` };
  throws(() => store.engine.watch(configMapKey, {}, String(start)), expired);
  throws(() => store.engine.watch(configMapKey, {}, String(start + 9)), { code: "STORE_EXPIRED" });
  equal(store.engine.watch(configMapKey, {}, String(start + 10)).next().length, 20);
});

test("watch - from beyond the counter is refused, as after a restored backup", () => {
  using store = new StoreEngine();
  const { version } = store.engine;
  throws(() => store.engine.watch(configMapKey, {}, String(version + 1)), { code: "STORE_EXPIRED" });
  deepEqual(store.engine.watch(configMapKey, {}, String(version)).next(), []);
});

test("watch - one that falls behind the log is told so instead of missing changes", () => {
  using store = new StoreEngine();
  const cursor = store.engine.watch(configMapKey, {}, String(store.engine.version));
  fill(store, 10);
  store.engine.trim(store.engine.version);
  throws(() => cursor.next(), { code: "STORE_EXPIRED" });
});

test("watch - one that is up to date survives that the log is trimmed", () => {
  using store = new StoreEngine();
  const cursor = store.engine.watch(widgetKey, {}, String(store.engine.version));
  fill(store, 10);
  deepEqual(cursor.next(), []);
  store.create(configMapKey, { metadata: inDefault("late") });
  cursor.skipToEnd();
  store.engine.trim(store.engine.version);
  store.create(widgetKey, { metadata: inDefault("w") });
  equal(cursor.next().length, 1);
});

test("list - pages go on under the first version until the log has left it behind", () => {
  using store = new StoreEngine();
  fill(store, 10);
  const page = store.engine.list(configMapKey, {}, { limit: 4 });
  store.patch(configMapKey, inDefault(numbered(0)), { data: { a: "b" } });
  const token = page.continue ?? "";
  equal(store.list(configMapKey, {}, { limit: 4, continue: token }).length, 4);
  store.engine.trim(store.engine.version);
  throws(() => store.engine.list(configMapKey, {}, { limit: 4, continue: token }), { code: "STORE_EXPIRED" });
});

test("change log - large states are kept for as long as there is room, and who falls behind lists anew", () => {
  using store = new StoreEngine();
  store.create(widgetKey, { metadata: inDefault("small") });
  store.create(widgetKey, { metadata: inDefault("large") });
  const behind = store.engine.watch(widgetKey, {}, store.engine.version.toString());
  const size = (index: number) => `${index}${"x".repeat(1_400_000)}`;
  for (let index = 0; index < 100; index++) {
    store.patch(widgetKey, inDefault("large"), { spec: { size: size(index) } });
  }
  throws(() => behind.next(), { code: "STORE_EXPIRED" });
  const recent = store.engine.watch(widgetKey, {}, String(store.engine.version - 20));
  const events: FeedEvent[] = [];
  for (let next = recent.next(); next.length > 0; next = recent.next()) events.push(...next);
  equal(events.length, 20, "the last changes are all there");
});

test("watch - what changed is read once for all who ask the same, and is the very same list", () => {
  using store = new StoreEngine();
  const from = String(store.engine.version);
  const watch = (selector: Selector, version = from) => store.engine.watch(configMapKey, selector, version);
  const [one, same, other] = [watch({}), watch({}), watch({ namespace: "kube-system" })];
  store.create(configMapKey, { metadata: inDefault("a") });
  const events = one.next();
  equal(events.length, 1);
  equal(same.next(), events);
  deepEqual(other.next(), []);
  const behind = watch({});
  store.create(configMapKey, { metadata: inDefault("b") });
  equal(behind.next().length, 2, "an older answer is not given for a newer one");
  const late = one.next();
  equal(late.length, 1);
  equal(same.next(), late);
});

test("watch - changes of other kinds are not looked at, and who waits goes on with the log", () => {
  using store = new StoreEngine();
  const cursor = store.engine.watch(widgetKey, {}, String(store.engine.version));
  deepEqual(cursor.next(), []);
  fill(store, 10);
  deepEqual(cursor.next(), []);
  store.engine.trim(store.engine.version);
  store.create(widgetKey, { metadata: inDefault("w") });
  equal(cursor.next().length, 1);
});

test("watch - after the store was opened anew a watch from an older version sees what was written before", () => {
  using store = new StoreEngine();
  const version = String(store.engine.version);
  store.create(configMapKey, { metadata: inDefault("a") });
  store.reopen(kinds);
  equal(store.engine.watch(configMapKey, {}, version).next().length, 1);
});

test("watch - a commit that failed leaves what watchers are given as it was", () => {
  using store = new StoreEngine();
  const cursor = store.engine.watch(configMapKey, {}, String(store.engine.version));
  store.create(configMapKey, { metadata: inDefault("a") });
  const refused = store.writeAll([
    { operation: "create", kind: configMapKey, value: JSON.stringify({ metadata: inDefault("a") }) },
  ]);
  throws(() => refused[0]?.(), { code: "STORE_ALREADY_EXISTS" });
  equal(cursor.next().length, 1);
  deepEqual(cursor.next(), []);
  store.create(configMapKey, { metadata: inDefault("b") });
  equal(cursor.next().length, 1);
});

test("list - as of a version of the past until the log has left it behind, or does not tell", () => {
  using store = new StoreEngine();
  fill(store, 3);
  const exactly = String(store.engine.version);
  const then = listed(store);
  store.patch(configMapKey, inDefault(numbered(1)), { data: { a: "b" } });
  const later = String(store.engine.version);
  const paging = { exactly };
  deepEqual(store.list(configMapKey, {}, paging), then);
  const token = store.engine.list(configMapKey, {}, { ...paging, limit: 1 }).continue ?? "";
  // The state before stands in the log no more, and the change does not have it.
  store.engine.trim(Number(exactly));
  throws(() => store.list(configMapKey, {}, paging), { code: "STORE_EXPIRED" });
  throws(() => store.list(configMapKey, {}, { continue: token }), { code: "STORE_EXPIRED" });
  deepEqual(store.list(configMapKey, {}, { exactly: later }), listed(store));
  store.engine.trim(store.engine.version);
  throws(() => store.list(configMapKey, {}, { exactly: "1" }), { code: "STORE_EXPIRED" });
});

test("list - as of a version of the past, where changed labels leave the state before in the log", () => {
  using store = new StoreEngine();
  fill(store, 1);
  const exactly = String(store.engine.version);
  const then = listed(store);
  store.patch(configMapKey, inDefault(numbered(0)), { metadata: { labels: { a: "b" } } });
  store.engine.trim(Number(exactly));
  deepEqual(store.list(configMapKey, {}, { exactly }), then);
});
