import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../../../src/core/clock.ts";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { configMapKind } from "../../../src/core/resources/config-map.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("open sqlite store - kinds that cannot be loaded are a failure, and the directory is free again", async () => {
  using directory = new TemporaryDirectory();
  const broken = join(directory.path, "kinds.js");
  writeFileSync(broken, "throw new Error('no kinds today')");
  const data = join(directory.path, "data");
  await rejects(
    openSqliteStore({ directory: data, clock: systemClock, kindsModule: pathToFileURL(broken) }),
    {
      code: "STORE_UNAVAILABLE",
      message: /no kinds today/,
    },
  );
  await using store = await openSqliteStore({ directory: data, clock: systemClock });
  await store.check();
});

test("open sqlite store - an aborted start rejects with the signal's reason and holds nothing", async () => {
  using directory = new TemporaryDirectory();
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  const opening = openSqliteStore({ directory: directory.path, clock: systemClock, signal: abort.signal });
  abort.abort(reason);
  await rejects(opening, (error) => error === reason);
  await rejects(
    openSqliteStore({ directory: directory.path, clock: systemClock, signal: abort.signal }),
    (error) => error === reason,
  );
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  await store.check();
});

test("open sqlite store - a collection is made once for each kind", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  equal(store.collection(applicationKind), store.collection(applicationKind));
  equal(store.collection(applicationKind).kind, applicationKind);
});

test("open sqlite store - a kind that the store was not opened with is refused", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  const stranger = store.collection({ ...applicationKind, group: "stranger.example" });
  await rejects(stranger.list(), {
    code: "STORE_UNAVAILABLE",
    message: /not opened with the kind Application/,
  });
});

test("open sqlite store - its figures count writes, commits and waiting requests, but no waiting watch", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  const maps = store.collection(configMapKind);
  const abort = new AbortController();
  const changes = maps.watch(undefined, { signal: abort.signal })[Symbol.asyncIterator]();
  equal((await changes.next()).value.type, "synced");
  const next = changes.next();
  const idle = await store.figures();
  deepEqual([idle.waiting, idle.commits?.writes], [0, 0]);
  const writes = ["a", "b", "c"].map((name) => maps.create({ metadata: { name, namespace: "default" } }));
  const busy = await store.figures();
  equal(busy.waiting, 3);
  await Promise.all(writes);
  equal((await next).value.type, "added");
  abort.abort();
  const { commits, bytes } = await store.figures();
  ok(commits);
  equal(commits.writes, 3);
  const counted = commits.durations.counts.reduce((total, count) => total + count, 0);
  ok(counted >= 1 && counted <= 3, `${counted} commits`);
  ok(commits.durations.sum > 0);
  ok(bytes.database > 0 && bytes.log > 0);
});

test("open sqlite store - figures of a store that is closed come at once, without those of its thread", async () => {
  using directory = new TemporaryDirectory();
  const store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  await store.close();
  const { waiting, commits } = await store.figures();
  deepEqual([waiting, commits], [0, undefined]);
});
