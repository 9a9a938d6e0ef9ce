import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { namespaceKind } from "../../../src/core/resources/namespace.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { ReadTexts } from "../../../src/stores/sqlite/read-texts.ts";
import type { Collection, Store } from "../../../src/stores/store.ts";
import { openTestStore } from "../../doubles/sqlite-store.ts";
import { widgetKind } from "../../doubles/store-kinds.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("read texts - what was read is known until it changes, and what is not there never is", () => {
  const texts = new ReadTexts();
  texts.read("a", "1");
  texts.read("b", "2");
  texts.read("none", undefined);
  assert.deepEqual(
    ["a", "b", "none"].map((key) => texts.get(key)),
    ["1", "2", undefined],
  );
  texts.changed("a");
  texts.changed("none");
  assert.deepEqual(
    ["a", "b"].map((key) => texts.get(key)),
    [undefined, "2"],
  );
  texts.anyChanged();
  assert.equal(texts.get("b"), undefined);
  texts.read("a", "1");
  texts.read("a", undefined);
  assert.equal(texts.get("a"), undefined);
});

test("read texts - those used last stay, and a large one is not kept", () => {
  const texts = new ReadTexts();
  texts.read("large", "x".repeat(64 * 1024 + 1));
  assert.equal(texts.get("large"), undefined);
  const most = 96;
  const keys = Array.from({ length: most + 1 }, (_, index) => `key ${index}`);
  // One that is read again counts once.
  for (const key of [...keys.slice(0, most), ...keys.slice(0, most)]) texts.read(key, "x".repeat(64 * 1024));
  assert.ok(keys.slice(0, most).every((key) => texts.get(key) !== undefined));
  texts.get(keys[0] ?? "");
  texts.read(keys[most] ?? "", "x");
  assert.equal(texts.get(keys[1] ?? ""), undefined);
  assert.ok([keys[0], keys[2], keys[most]].every((key) => texts.get(key ?? "") !== undefined));
});

interface Opened {
  readonly store: Store;
  readonly secrets: Collection<Secret>;
  readonly applications: Collection<Application>;
}

async function opened(work: (opened: Opened) => Promise<void>): Promise<void> {
  using directory = new TemporaryDirectory();
  await using store = await openTestStore(directory.path);
  const secrets = store.collection<Secret>(secretKind);
  await work({ store, secrets, applications: store.collection<Application>(applicationKind) });
}

const REF = { name: "known", namespace: "default" };
const data = (text: string) => ({ text: Buffer.from(text).toString("base64") });

async function create(secrets: Collection<Secret>, metadata: object = {}): Promise<Secret> {
  const created = await secrets.create({ metadata: { ...REF, ...metadata }, data: data("1") });
  for (let again = 0; again < 2; again++) assert.deepEqual(await secrets.get(REF), created);
  return created;
}

/** Whether it is answered before what was asked earlier of the store's thread. */
async function isKnown(store: Store, secrets: Collection<Secret>): Promise<boolean> {
  const order: string[] = [];
  await Promise.all([
    store.check().then(() => order.push("thread")),
    secrets.get(REF).then(() => order.push("known")),
  ]);
  return order[0] === "known";
}

test("read texts - an object that is read again need not be asked for, and is the reader's own", () =>
  opened(async ({ store, secrets }) => {
    const begun = await secrets.create({ metadata: REF, data: data("0") });
    assert.equal(await isKnown(store, secrets), true);
    const created = await secrets.update({ ...begun, data: data("1") });
    assert.equal(await isKnown(store, secrets), true);
    await secrets.create({ metadata: { ...REF, name: "another" } });
    await secrets.remove({ ...REF, name: "another" });
    assert.equal(await isKnown(store, secrets), false);
    assert.equal(await isKnown(store, secrets), true);
    const [one, other] = [await secrets.get(REF), await secrets.get(REF)];
    assert.notEqual(one, other);
    assert.deepEqual(one, created);
  }));

test("read texts - every change is seen by who reads after it", () =>
  opened(async ({ store, secrets }) => {
    const created = await create(secrets);
    const updated = await secrets.update({ ...created, data: data("2") });
    assert.deepEqual(await secrets.get(REF), updated);
    const patched = await secrets.patch(REF, { type: "merge", value: { data: data("3") } });
    assert.deepEqual(await secrets.get(REF), patched);
    await secrets.remove(REF);
    assert.equal(await secrets.get(REF), undefined);
    const anew = await secrets.create({ metadata: REF, data: data("4") });
    assert.deepEqual(await secrets.get(REF), anew);
    const widgets = store.collection(widgetKind);
    const widget = await widgets.create({ metadata: REF });
    assert.deepEqual(await widgets.get(REF), widget);
    const shown = await widgets.updateStatus({ ...widget, status: { state: "up" } });
    assert.deepEqual(await widgets.get(REF), shown);
    assert.deepEqual(await secrets.get(REF), anew);
  }));

test("read texts - what is only tried is not seen", () =>
  opened(async ({ secrets }) => {
    const dryRun = true;
    const created = await create(secrets);
    await secrets.update({ ...created, data: data("2") }, { dryRun });
    assert.deepEqual(await secrets.get(REF), created);
    await secrets.patch(REF, { type: "merge", value: { data: data("2") } }, { dryRun });
    assert.deepEqual(await secrets.get(REF), created);
    await secrets.remove(REF, { dryRun });
    assert.deepEqual(await secrets.get(REF), created);
    const unmade = { ...REF, name: "unmade" };
    await secrets.create({ metadata: unmade }, { dryRun });
    assert.equal(await secrets.get(unmade), undefined);
  }));

test("read texts - a read on its way beside a change leaves nothing old behind", () =>
  opened(async ({ secrets }) => {
    let current = await create(secrets);
    for (let round = 0; round < 20; round++) {
      const next = secrets.update({ ...current, data: data(`${round}`) });
      const reads = [secrets.get(REF), secrets.get(REF)];
      current = await next;
      assert.deepEqual(await secrets.get(REF), current);
      await Promise.all(reads);
      assert.deepEqual(await secrets.get(REF), current);
    }
  }));

test("read texts - what goes with another object is gone for readers too", () =>
  opened(async ({ store, secrets, applications }) => {
    const { apiVersion, kind, metadata } = await applications.create({
      metadata: { name: "shop" },
      spec: {},
    });
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
    await create(secrets, { ownerReferences });
    await applications.remove({ name: "shop" });
    assert.equal(await secrets.get(REF), undefined);

    const held = await applications.create({ metadata: { name: "held", finalizers: ["a/b"] }, spec: {} });
    const owner = { apiVersion, kind, name: "held", uid: held.metadata.uid };
    await create(secrets, { ownerReferences: [owner] });
    await applications.remove({ name: "held" });
    assert.ok(await secrets.get(REF));
    await applications.patch({ name: "held" }, { type: "merge", value: { metadata: { finalizers: null } } });
    assert.equal(await secrets.get(REF), undefined);

    const namespaces = store.collection(namespaceKind);
    const inside = { name: "inside", namespace: "passing" };
    await namespaces.create({ metadata: { name: "passing" } });
    await secrets.create({ metadata: inside, data: data("1") });
    assert.ok(await secrets.get(inside));
    await namespaces.remove({ name: "passing" });
    assert.equal(await secrets.get(inside), undefined);
  }));

test("read texts - a ref that names a namespace too many reads the same object", () =>
  opened(async ({ applications }) => {
    const ref = { name: "shop", namespace: "default" };
    const created = await applications.create({ metadata: { name: "shop" }, spec: {} });
    assert.deepEqual(await applications.get(ref), created);
    const updated = await applications.update({ ...created, spec: { description: "changed" } });
    assert.deepEqual(await applications.get(ref), updated);
  }));

test("read texts - a store that is closed answers nothing, and a reader who leaves is told so", () =>
  opened(async ({ store, secrets }) => {
    await create(secrets);
    await assert.rejects(secrets.get(REF, { signal: AbortSignal.abort(new Error("left")) }), /left/);
    await store.close();
    await assert.rejects(secrets.get(REF), { code: "STORE_CLOSED" });
  }));
