import { test } from "node:test";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { applicationKind } from "../../src/core/resources/application.ts";
import { secretKind } from "../../src/core/resources/secret.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../src/stores/store.ts";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const writer = new URL("../doubles/store-writer.ts", import.meta.url);

interface Acknowledged {
  readonly kind: "Application" | "Secret";
  readonly name: string;
  readonly version: string;
  readonly value: string;
}

function open(directory: string): Promise<Store> {
  return openSqliteStore({ directory, clock: systemClock });
}

/** The value and version under which the store holds what a writer was told is written. */
async function found(store: Store, { kind, name }: Acknowledged) {
  if (kind === "Application") {
    const application = await store.collection(applicationKind).get({ name });
    return { value: application?.spec?.description, version: application?.metadata.resourceVersion };
  }
  const secret = await store.collection(secretKind).get({ name, namespace: "default" });
  const value = Buffer.from(secret?.data?.["value"] ?? "", "base64").toString();
  return { value, version: secret?.metadata.resourceVersion };
}

test("store processes - kill -9 during writes loses nothing that was acknowledged", async () => {
  using directory = new TemporaryDirectory();
  let counter = 0;
  for (let round = 0; round < 4; round++) {
    await using child = new LineProcess(writer, [directory.path]);
    await eventually(() => ok(child.lines.length > 200 * (round + 1), child.errors), { timeout: 60_000 });
    await child.kill();
    // The last line may have been cut off in the middle.
    const whole = child.lines.slice(1).filter((line) => line.endsWith("}"));
    const acknowledged = whole.map((line) => JSON.parse(line) as Acknowledged);
    await using store = await open(directory.path);
    const versions = acknowledged.map(({ version }) => Number(version));
    ok(Math.min(...versions) > counter, "versions go on where they ended");
    for (const written of acknowledged) {
      const { value, version } = await found(store, written);
      // A later write of the same object may have been done without being acknowledged any more.
      ok(Number(version) >= Number(written.version), `${written.kind} ${written.name} is there`);
      if (version === written.version) equal(value, written.value);
    }
    const { resourceVersion } = await store.collection(applicationKind).list();
    ok(Number(resourceVersion) >= Math.max(...versions), "the counter never goes backwards");
    counter = Number(resourceVersion);
  }
});

test("store processes - after kill -9 a watch goes on from the last version that was seen", async () => {
  using directory = new TemporaryDirectory();
  {
    await using child = new LineProcess(writer, [directory.path]);
    await eventually(() => ok(child.lines.length > 100, child.errors), { timeout: 60_000 });
    await child.kill();
  }
  await using store = await open(directory.path);
  const applications = store.collection(applicationKind);
  const { items } = await applications.list();
  const changes = applications.watch(undefined, { resourceVersion: "0" });
  const latest = new Map<string, string>();
  let counted = 0;
  for await (const change of changes) {
    if (!("object" in change)) continue;
    counted++;
    latest.set(change.object.metadata.name, change.object.metadata.resourceVersion);
    if (
      latest.size === items.length &&
      items.every((item) => latest.get(item.metadata.name) === item.metadata.resourceVersion)
    )
      break;
  }
  ok(counted >= items.length);
});

test("store processes - a second process is refused with the name of the first", async () => {
  using directory = new TemporaryDirectory();
  await using first = new LineProcess(writer, [directory.path, "idle"]);
  await eventually(() => equal(first.lines.length, 1, first.errors), { timeout: 60_000 });
  await rejects(open(directory.path), (error: Error & { code?: string }) => {
    equal(error.code, "STORE_LOCKED");
    match(
      error.message,
      new RegExp(
        `^data directory ${directory.path} is in use by process ${first.pid} \\(store writer, started \\d{4}-\\d\\d-\\d\\dT[0-9:]+Z\\)$`,
      ),
    );
    return true;
  });
  await using second = new LineProcess(writer, [directory.path, "idle"]);
  await second.ended();
  match(second.errors, /STORE_LOCKED/);
  equal(first.running, true);
});

test("store processes - the lock of a killed process does not stay, whoever has its number now", async () => {
  using directory = new TemporaryDirectory();
  {
    await using killed = new LineProcess(writer, [directory.path, "idle"]);
    await eventually(() => equal(killed.lines.length, 1, killed.errors), { timeout: 60_000 });
  }
  const holder = join(directory.path, "lock.holder");
  match(readFileSync(holder, "utf8"), /^process \d+ \(store writer/);
  // As if the number belonged to a process that lives: this one.
  writeFileSync(holder, `process ${process.pid} (store writer, started 2026-01-01T00:00:00Z)\n`);
  await using store = await open(directory.path);
  await store.check();
});

test("store processes - the same process cannot open a directory twice either, and can again after closing", async () => {
  using directory = new TemporaryDirectory();
  const first = await open(directory.path);
  await rejects(open(directory.path), { code: "STORE_LOCKED" });
  await first.collection(applicationKind).create({ metadata: { name: "a" }, spec: {} });
  await first.close();
  await using second = await open(directory.path);
  equal((await second.collection(applicationKind).list()).items.length, 1);
});

test("store processes - closing answers what waits, and everything later, with STORE_CLOSED", async () => {
  using directory = new TemporaryDirectory();
  const store = await open(directory.path);
  const applications = store.collection(applicationKind);
  const changes = applications.watch(undefined, {})[Symbol.asyncIterator]();
  deepEqual((await changes.next()).value?.type, "synced");
  const waiting = changes.next();
  const lease = await store.lease("one");
  const queued = store.lease("one");
  const refused = Promise.all([
    rejects(waiting, { code: "STORE_CLOSED" }),
    rejects(queued, { code: "STORE_CLOSED" }),
  ]);
  equal(store.ended.aborted, false);
  const closing = store.close();
  await rejects(applications.list(), { code: "STORE_CLOSED" });
  await closing;
  await refused;
  equal(lease.lost.aborted, true);
  equal(store.ended.aborted, true);
  await rejects(applications.list(), { code: "STORE_CLOSED" });
  await rejects(store.check(), { code: "STORE_CLOSED" });
  await rejects(store.lease("two"), { code: "STORE_CLOSED" });
  await store.close();
});

test("store processes - writes that were asked for before closing are done", async () => {
  using directory = new TemporaryDirectory();
  const store = await open(directory.path);
  const applications = store.collection(applicationKind);
  const writes = Array.from({ length: 100 }, (_, index) =>
    applications.create({ metadata: { name: `a-${index}` }, spec: {} }),
  );
  await Promise.all([...writes, store.close()]);
  await using again = await open(directory.path);
  equal((await again.collection(applicationKind).list()).items.length, 100);
});
