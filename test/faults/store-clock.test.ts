import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { configMapKind } from "../../src/core/resources/config-map.ts";
import { eventually } from "../doubles/eventually.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const YEAR = 365 * 24 * 3_600_000;
const inDefault = (name: string) => ({ name, namespace: "default" });

test("store clock - a clock that jumps backwards dates objects earlier and disturbs nothing else", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock(Date.UTC(2026, 5, 1));
  await using store = await openTestStore(directory.path, clock);
  const configMaps = store.collection(configMapKind);
  const changes = configMaps.watch(undefined, {})[Symbol.asyncIterator]();
  equal((await changes.next()).value?.type, "synced");
  const before = await configMaps.create({ metadata: { ...inDefault("a"), finalizers: ["x.io/hold"] } });
  clock.jump(-YEAR);
  const after = await configMaps.create({ metadata: inDefault("b") });
  equal(before.metadata.creationTimestamp, "2026-06-01T00:00:00Z");
  equal(after.metadata.creationTimestamp, "2025-06-01T00:00:00Z");
  equal(Number(after.metadata.resourceVersion), Number(before.metadata.resourceVersion) + 1);
  const { last } = await configMaps.remove(inDefault("a"));
  equal(last.metadata.deletionTimestamp, "2025-06-01T00:00:00Z");
  const types = [await changes.next(), await changes.next(), await changes.next()].map(
    ({ value }) => value?.type,
  );
  deepEqual(types, ["added", "added", "modified"]);
  const { resourceVersion } = before.metadata;
  await clock.advance(3_600_000);
  const replayed = configMaps.watch(undefined, { resourceVersion })[Symbol.asyncIterator]();
  equal((await replayed.next()).value?.type, "added");
  await replayed.return?.();
  await changes.return?.();
});

test("store clock - a watch is told the version about once a minute while nothing happens", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  await using store = await openTestStore(directory.path, clock);
  const configMaps = store.collection(configMapKind);
  const changes = configMaps.watch(undefined, {})[Symbol.asyncIterator]();
  const synced = (await changes.next()).value;
  ok(synced?.type === "synced");
  for (let minute = 0; minute < 3; minute++) {
    const waiting = changes.next();
    // Nothing tells when the watch has begun to wait in the store's thread, and only then is it told.
    const told = await eventually(async () => {
      await clock.advance(60_000);
      await store.check();
      const first = await Promise.race([waiting, Promise.resolve(undefined)]);
      ok(first);
      return first;
    });
    deepEqual(told.value, { type: "bookmark", resourceVersion: synced.resourceVersion });
  }
  await changes.return?.();
});

test("store clock - changes leave the log after ten minutes, once there are ten thousand newer ones", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  await using store = await openTestStore(directory.path, clock);
  const configMaps = store.collection(configMapKind);
  const created = await configMaps.create({ metadata: inDefault("first") });
  const { resourceVersion } = created.metadata;
  const early = configMaps.watch(undefined, { resourceVersion })[Symbol.asyncIterator]();
  const waiting = early.next();
  const ref = inDefault("first");
  for (let group = 0; group < 11; group++) {
    const writes = Array.from({ length: 1000 }, (_, index) =>
      configMaps.patch(ref, { type: "merge", value: { data: { step: `${group} ${index}` } } }),
    );
    await Promise.all(writes);
  }
  equal((await waiting).value?.type, "modified");
  await clock.advance(9 * 60_000);
  await store.check();
  const still = configMaps.watch(undefined, { resourceVersion })[Symbol.asyncIterator]();
  equal((await still.next()).value?.type, "modified");
  await still.return?.();
  await clock.advance(3 * 60_000);
  await eventually(async () => {
    const late = configMaps.watch(undefined, { resourceVersion })[Symbol.asyncIterator]();
    await rejects(late.next(), { code: "STORE_EXPIRED" });
  });
  // Who lists again goes on from there.
  const { resourceVersion: now } = await configMaps.list();
  const fresh = configMaps.watch(undefined, { resourceVersion: now })[Symbol.asyncIterator]();
  await configMaps.create({ metadata: inDefault("second") });
  equal((await fresh.next()).value?.type, "added");
  await fresh.return?.();
  await early.return?.();
});
