import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { applicationKind } from "../../src/core/resources/application.ts";
import { secretKind } from "../../src/core/resources/secret.ts";
import type { Change, Store } from "../../src/stores/store.ts";
import type { Application } from "../../src/core/resources/application.ts";
import { SCHEMA_VERSION } from "../../src/stores/sqlite/schema.ts";
import { claimed } from "../contract/pairing/subject.ts";
import { pairingToken } from "../doubles/pairing-records.ts";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { asVersionOne, schemaVersionOf } from "../doubles/version-one-store.ts";

/** What must come through an upgrade: objects, a secret, an owner, and the log of changes. */
async function contentOf(store: Store) {
  const applications = store.collection(applicationKind);
  const { items, resourceVersion } = await applications.list();
  const secrets = await store.collection(secretKind).list();
  const changes: Change<Application>[] = [];
  for await (const change of applications.watch(undefined, { resourceVersion: "0" })) {
    changes.push(change);
    if (changes.length === 61) break;
  }
  return { items, secrets: secrets.items, resourceVersion, changes };
}

/** A directory as version 1 left it, and what is in it. */
async function versionOne(directory: string) {
  await using store = await openTestStore(directory);
  const applications = store.collection(applicationKind);
  for (let index = 0; index < 60; index++) {
    await applications.create({ metadata: { name: `app-${index}` }, spec: { description: `${index}` } });
  }
  const owner = await applications.get({ name: "app-1" });
  const ownerReferences = [
    {
      apiVersion: applicationKind.version,
      kind: "Application",
      name: "app-1",
      uid: owner?.metadata.uid ?? "",
    },
  ];
  const metadata = { name: "owned", namespace: "default", ownerReferences };
  await store.collection(secretKind).create({ metadata, stringData: { password: "p" } });
  await applications.remove({ name: "app-2" });
  const content = await contentOf(store);
  await store.close();
  asVersionOne(directory);
  equal(schemaVersionOf(directory), 1);
  return content;
}

test("store upgrade - a directory of version 1 opens with everything in it, and pairing works at once", async () => {
  using directory = new TemporaryDirectory();
  const before = await versionOne(directory.path);
  {
    await using store = await openTestStore(directory.path);
    deepEqual(await contentOf(store), before);
    const token = pairingToken();
    await store.pairing.addToken(token);
    await claimed(store.pairing, token.hash);
    const created = await store.collection(applicationKind).create({ metadata: { name: "new" }, spec: {} });
    equal(Number(created.metadata.resourceVersion), Number(before.resourceVersion) + 1);
    await store.collection(applicationKind).remove({ name: "app-1" });
    deepEqual((await store.collection(secretKind).list()).items, [], "the owned one goes with its owner");
  }
  equal(schemaVersionOf(directory.path), SCHEMA_VERSION);
  await using again = await openTestStore(directory.path);
  equal((await again.collection(applicationKind).list()).items.length, 59);
});

test("store upgrade - a directory of version 3, which knew no access tokens, opens with everything in it", async () => {
  using directory = new TemporaryDirectory();
  {
    await using store = await openTestStore(directory.path);
    await store.collection(applicationKind).create({ metadata: { name: "kept" }, spec: {} });
  }
  {
    using database = new DatabaseSync(join(directory.path, "store.db"));
    database.exec("DROP TABLE access_tokens; PRAGMA user_version = 3");
  }
  await using store = await openTestStore(directory.path);
  ok(await store.collection(applicationKind).get({ name: "kept" }));
  deepEqual(await store.access.list(), []);
});

test("store upgrade - the tables that it makes are those of a new directory", async () => {
  using upgraded = new TemporaryDirectory();
  using fresh = new TemporaryDirectory();
  await versionOne(upgraded.path);
  const tables = async (directory: string) => {
    await (await openTestStore(directory)).close();
    using database = new DatabaseSync(join(directory, "store.db"), { readOnly: true });
    const rows = database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();
    return rows.map(({ type, name, sql }) => [type, name, sql]);
  };
  deepEqual(await tables(upgraded.path), await tables(fresh.path));
});

test("store upgrade - kill -9 at any step leaves a directory that opens with everything in it", async () => {
  using original = new TemporaryDirectory();
  const before = await versionOne(original.path);
  const script = fileURLToPath(new URL("../doubles/cut-off-upgrade.ts", import.meta.url));
  const versions: number[] = [];
  for (let step = 1; ; step++) {
    using directory = new TemporaryDirectory();
    cpSync(original.path, directory.path, { recursive: true });
    const moment = step % 2 === 1 ? "before" : "after";
    const { signal, status, stderr } = spawnSync(process.execPath, [
      script,
      directory.path,
      moment,
      String(Math.ceil(step / 2)),
    ]);
    if (signal === null) {
      equal(status, 0, stderr.toString());
      break;
    }
    equal(signal, "SIGKILL");
    versions.push(schemaVersionOf(directory.path));
    await using store = await openTestStore(directory.path);
    deepEqual(await contentOf(store), before);
    const token = pairingToken();
    await store.pairing.addToken(token);
    await claimed(store.pairing, token.hash);
  }
  ok(versions.length >= 8, "settings, BEGIN, tables, COMMIT");
  deepEqual(new Set(versions), new Set([1, SCHEMA_VERSION]));
  deepEqual(versions, versions.toSorted());
});

test("store upgrade - a version that cannot be is damage, and nothing is changed", async () => {
  using directory = new TemporaryDirectory();
  await versionOne(directory.path);
  {
    using database = new DatabaseSync(join(directory.path, "store.db"));
    database.exec("PRAGMA user_version = 0");
  }
  await rejects(openTestStore(directory.path), {
    code: "STORE_CORRUPT",
    message: /the version of its tables is missing/,
  });
  equal(schemaVersionOf(directory.path), 0);
});
