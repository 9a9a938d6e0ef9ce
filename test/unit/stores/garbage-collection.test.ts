import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { kinds as productKinds } from "../../../src/core/resources/kinds.ts";
import type { FeedEvent, KindKey } from "../../../src/stores/sqlite/protocol.ts";
import {
  applicationKey,
  configMapKey,
  namespaceKey,
  StoreEngine,
  widgetKey,
} from "../../doubles/store-engine.ts";
import { kinds } from "../../doubles/store-kinds.ts";

const inDefault = (name: string) => ({ name, namespace: "default" });

function ownedBy(...owners: readonly Resource[]) {
  return owners.map(({ apiVersion, kind, metadata: { name, uid } }) => ({ apiVersion, kind, name, uid }));
}

test("garbage collection - dependents go with their owner, and theirs with them, in one transaction", () => {
  using store = new StoreEngine();
  const owner = store.create(applicationKey, { metadata: { name: "shop" } });
  const child = store.create(widgetKey, {
    metadata: { ...inDefault("child"), ownerReferences: ownedBy(owner) },
  });
  store.create(configMapKey, { metadata: { ...inDefault("grandchild"), ownerReferences: ownedBy(child) } });
  store.create(configMapKey, { metadata: inDefault("stranger") });
  const before = store.engine.version;
  store.remove(applicationKey, { name: "shop" });
  equal(store.engine.version, before + 3);
  equal(store.has(widgetKey, inDefault("child")), false);
  equal(store.has(configMapKey, inDefault("grandchild")), false);
  equal(store.has(configMapKey, inDefault("stranger")), true);
});

test("garbage collection - a dependent stays while another of its owners is there", () => {
  using store = new StoreEngine();
  const one = store.create(applicationKey, { metadata: { name: "one" } });
  const two = store.create(applicationKey, { metadata: { name: "two" } });
  store.create(configMapKey, { metadata: { ...inDefault("child"), ownerReferences: ownedBy(one, two) } });
  store.remove(applicationKey, { name: "one" });
  equal(store.has(configMapKey, inDefault("child")), true);
  store.remove(applicationKey, { name: "two" });
  equal(store.has(configMapKey, inDefault("child")), false);
});

test("garbage collection - a dependent follows the owners it has now", () => {
  using store = new StoreEngine();
  const owner = store.create(applicationKey, { metadata: { name: "shop" } });
  store.create(configMapKey, { metadata: { ...inDefault("freed"), ownerReferences: ownedBy(owner) } });
  store.create(configMapKey, { metadata: inDefault("adopted") });
  store.patch(configMapKey, inDefault("freed"), { metadata: { ownerReferences: null } });
  store.patch(configMapKey, inDefault("adopted"), { metadata: { ownerReferences: ownedBy(owner) } });
  store.remove(applicationKey, { name: "shop" });
  equal(store.has(configMapKey, inDefault("freed")), true);
  equal(store.has(configMapKey, inDefault("adopted")), false);
});

test("garbage collection - an owner that finalizers hold keeps its dependents until it goes", () => {
  using store = new StoreEngine();
  const owner = store.create(applicationKey, { metadata: { name: "shop", finalizers: ["x.io/hold"] } });
  store.create(configMapKey, { metadata: { ...inDefault("child"), ownerReferences: ownedBy(owner) } });
  store.remove(applicationKey, { name: "shop" });
  equal(store.has(configMapKey, inDefault("child")), true);
  store.patch(applicationKey, { name: "shop" }, { metadata: { finalizers: null } });
  equal(store.has(applicationKey, { name: "shop" }), false);
  equal(store.has(configMapKey, inDefault("child")), false);
});

test("garbage collection - a dependent with finalizers is marked, and goes with its last one", () => {
  using store = new StoreEngine();
  const owner = store.create(applicationKey, { metadata: { name: "shop" } });
  const metadata = { ...inDefault("child"), finalizers: ["x.io/hold"], ownerReferences: ownedBy(owner) };
  store.create(widgetKey, { metadata });
  store.remove(applicationKey, { name: "shop" });
  const child = JSON.parse(store.engine.get(widgetKey, inDefault("child")) ?? "") as Resource;
  equal(child.metadata.deletionTimestamp, "1970-01-01T00:00:00Z");
  store.patch(widgetKey, inDefault("child"), { metadata: { finalizers: null } });
  equal(store.has(widgetKey, inDefault("child")), false);
});

test("garbage collection - orphans lose the reference and stay", () => {
  using store = new StoreEngine();
  const one = store.create(applicationKey, { metadata: { name: "one" } });
  const two = store.create(applicationKey, { metadata: { name: "two" } });
  store.create(configMapKey, { metadata: { ...inDefault("child"), ownerReferences: ownedBy(one, two) } });
  const child = () => JSON.parse(store.engine.get(configMapKey, inDefault("child")) ?? "") as Resource;
  store.remove(applicationKey, { name: "one" }, "Orphan");
  deepEqual(child().metadata.ownerReferences, ownedBy(two));
  store.remove(applicationKey, { name: "two" }, "Orphan");
  equal("ownerReferences" in child().metadata, false);
});

test("garbage collection - an owner in a namespace does not take what lies in another", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "other" } });
  const owner = store.create(widgetKey, { metadata: inDefault("owner") });
  const metadata = { name: "child", namespace: "other", ownerReferences: ownedBy(owner) };
  store.create(configMapKey, { metadata });
  store.remove(widgetKey, inDefault("owner"));
  equal(store.has(configMapKey, { name: "child", namespace: "other" }), true);
});

test("garbage collection - owners in a circle go together", () => {
  using store = new StoreEngine();
  const one = store.create(widgetKey, { metadata: inDefault("one") });
  const two = store.create(widgetKey, { metadata: { ...inDefault("two"), ownerReferences: ownedBy(one) } });
  store.patch(widgetKey, inDefault("one"), { metadata: { ownerReferences: ownedBy(two) } });
  store.remove(widgetKey, inDefault("one"));
  equal(store.has(widgetKey, inDefault("two")), false);
});

test("garbage collection - a chain of thousands of owners is no problem", () => {
  using store = new StoreEngine();
  let owner = store.create(widgetKey, { metadata: inDefault("link-0") });
  for (let link = 1; link < 3000; link++) {
    const metadata = { ...inDefault(`link-${link}`), ownerReferences: ownedBy(owner) };
    owner = store.create(widgetKey, { metadata });
  }
  store.remove(widgetKey, inDefault("link-0"));
  equal(store.list(widgetKey).length, 0);
});

test("namespace - exists from the start where tools expect it, and cannot be deleted then", () => {
  using store = new StoreEngine();
  for (const name of ["default", "kyma-system", "kube-system"]) {
    equal(store.has(namespaceKey, { name }), true);
    throws(() => store.remove(namespaceKey, { name }), {
      code: "STORE_FORBIDDEN",
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    });
  }
});

test("namespace - is labelled with its name and says that it is active, whatever a writer says", () => {
  using store = new StoreEngine();
  const created = store.create(namespaceKey, { metadata: { name: "a" }, status: { phase: "Odd" } });
  deepEqual(created.metadata.labels, { "kubernetes.io/metadata.name": "a" });
  deepEqual((created as Resource & { status?: unknown }).status, { phase: "Active" });
  const patched = store.patch(namespaceKey, { name: "a" }, { metadata: { labels: null } });
  deepEqual(patched, created);
});

test("namespace - goes with everything in it, in one transaction", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "full" } });
  const owner = store.create(widgetKey, { metadata: { name: "a", namespace: "full" } });
  store.create(configMapKey, {
    metadata: { name: "b", namespace: "full", ownerReferences: ownedBy(owner) },
  });
  const before = store.engine.version;
  store.remove(namespaceKey, { name: "full" });
  equal(store.engine.version, before + 3);
  equal(store.has(namespaceKey, { name: "full" }), false);
  equal(store.has(widgetKey, { name: "a", namespace: "full" }), false);
  equal(store.has(configMapKey, { name: "b", namespace: "full" }), false);
});

test("namespace - waits for objects that finalizers hold, takes no new ones, and goes with the last", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "slow" } });
  const held = { name: "held", namespace: "slow" };
  store.create(widgetKey, { metadata: { ...held, finalizers: ["x.io/hold"] } });
  store.create(widgetKey, { metadata: { name: "free", namespace: "slow" } });
  const marked = store.remove(namespaceKey, { name: "slow" }) as Resource & { status?: unknown };
  deepEqual(marked.status, { phase: "Terminating" });
  equal(marked.metadata.deletionTimestamp, "1970-01-01T00:00:00Z");
  equal(store.has(widgetKey, { name: "free", namespace: "slow" }), false);
  throws(() => store.create(configMapKey, { metadata: { name: "late", namespace: "slow" } }), {
    code: "STORE_NAMESPACE_TERMINATING",
    message:
      'configmaps "late" is forbidden: unable to create new content in namespace slow because it is being terminated',
  });
  deepEqual(store.remove(namespaceKey, { name: "slow" }), marked);
  store.patch(widgetKey, held, { spec: { size: "still writable" } });
  store.patch(widgetKey, held, { metadata: { finalizers: null } });
  equal(store.has(widgetKey, held), false);
  equal(store.has(namespaceKey, { name: "slow" }), false);
});

test("namespace - with a finalizer of its own stays, empty, until that goes", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "own", finalizers: ["x.io/hold"] } });
  const held = { name: "held", namespace: "own" };
  store.create(widgetKey, { metadata: { ...held, finalizers: ["x.io/hold"] } });
  store.remove(namespaceKey, { name: "own" });
  store.patch(namespaceKey, { name: "own" }, { metadata: { finalizers: null } });
  equal(store.has(namespaceKey, { name: "own" }), true);
  store.patch(widgetKey, held, { metadata: { finalizers: null } });
  equal(store.has(namespaceKey, { name: "own" }), false);
});

test("namespace - watchers see its objects go before it", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "seen" } });
  store.create(widgetKey, { metadata: { name: "inner", namespace: "seen" } });
  const from = String(store.engine.version);
  store.remove(namespaceKey, { name: "seen" });
  const version = (kind: KindKey) => {
    const [event] = store.engine.watch(kind, {}, from).next();
    ok(event && "text" in event);
    equal(event.type, "deleted");
    return Number((JSON.parse(event.text) as Resource).metadata.resourceVersion);
  };
  ok(version(widgetKey) < version(namespaceKey));
});

test("namespace - takes along what a newer version left in it", () => {
  using store = new StoreEngine();
  store.create(namespaceKey, { metadata: { name: "left" } });
  store.create(widgetKey, { metadata: { name: "unknown", namespace: "left" } });
  store.create(widgetKey, { metadata: { name: "held", namespace: "left", finalizers: ["x.io/hold"] } });
  store.reopen(productKinds);
  store.remove(namespaceKey, { name: "left" });
  equal(store.has(namespaceKey, { name: "left" }), true);
  store.reopen(kinds);
  const held = JSON.parse(store.engine.get(widgetKey, { name: "held", namespace: "left" }) ?? "") as Resource;
  deepEqual([held.metadata.generation, held.metadata.deletionTimestamp], [2, "1970-01-01T00:00:00Z"]);
  equal(store.has(widgetKey, { name: "unknown", namespace: "left" }), false);
});

test("removal - an object at the limit of its size can still be marked and orphaned", () => {
  using store = new StoreEngine();
  const owner = store.create(applicationKey, { metadata: { name: "owner" } });
  const metadata = { ...inDefault("large"), finalizers: ["x.io/hold"], ownerReferences: ownedBy(owner) };
  const probe = store.create(widgetKey, { metadata: { ...metadata, name: "probe" }, spec: { size: "" } });
  const length = 1_572_864 - Buffer.byteLength(JSON.stringify(probe));
  store.create(widgetKey, { metadata, spec: { size: "x".repeat(length) } });
  store.remove(applicationKey, { name: "owner" });
  const large = JSON.parse(store.engine.get(widgetKey, inDefault("large")) ?? "") as Resource;
  equal(large.metadata.deletionTimestamp, "1970-01-01T00:00:00Z");
  throws(() => store.patch(widgetKey, inDefault("large"), { spec: { size: "x".repeat(length + 1) } }), {
    code: "STORE_TOO_LARGE",
  });
});

test("removal - the deletion that watchers see is the stored state under the version of the deletion", () => {
  using store = new StoreEngine();
  const created = store.create(widgetKey, { metadata: inDefault("a"), spec: { size: "s" } });
  const cursor = store.engine.watch(widgetKey, {}, created.metadata.resourceVersion);
  store.remove(widgetKey, inDefault("a"));
  const expected: FeedEvent = {
    type: "deleted",
    resourceVersion: String(store.engine.version),
    text: JSON.stringify({
      ...created,
      metadata: { ...created.metadata, resourceVersion: String(store.engine.version) },
    }),
  };
  deepEqual(cursor.next(), [expected]);
});
