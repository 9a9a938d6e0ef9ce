import { test } from "node:test";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { applicationKind } from "../../src/core/resources/application.ts";
import { secretKind } from "../../src/core/resources/secret.ts";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const CANARY = "correct-horse-battery-staple";

/** A closed store with a Secret and some Applications in it. */
async function filled(directory: string): Promise<{ database: string; key: string }> {
  await using store = await openTestStore(directory);
  const secret = { metadata: { name: "s", namespace: "default" }, stringData: { password: CANARY } };
  await store.collection(secretKind).create(secret);
  for (let index = 0; index < 50; index++) {
    const spec = { description: "x".repeat(2000) };
    await store.collection(applicationKind).create({ metadata: { name: `app-${index}` }, spec });
  }
  return { database: join(directory, "store.db"), key: join(directory, "store.key") };
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Opening fails with that, and neither database nor key changes. */
async function refuses(directory: string, code: string, message: RegExp): Promise<void> {
  const kept = ["store.db", "store.key"]
    .map((name) => join(directory, name))
    .filter((file) => existsSync(file));
  const before = kept.map(hashOf);
  await rejects(openTestStore(directory), (error: Error & { code?: string }) => {
    equal(error.code, code);
    match(error.message, message);
    return true;
  });
  deepEqual(kept.map(hashOf), before);
}

async function stillThere(directory: string): Promise<void> {
  await using store = await openTestStore(directory);
  equal((await store.collection(applicationKind).list()).items.length, 50);
  const secret = await store.collection(secretKind).get({ name: "s", namespace: "default" });
  equal(Buffer.from(secret?.data?.["password"] ?? "", "base64").toString(), CANARY);
}

test("store opening - everything is there again, and nobody else may read it", async () => {
  using directory = new TemporaryDirectory();
  const data = join(directory.path, "deep", "data");
  const { database, key } = await filled(data);
  await stillThere(data);
  equal(statSync(data).mode & 0o777, 0o700);
  for (const file of [database, key]) equal(statSync(file).mode & 0o777, 0o600);
  for (const name of readdirSync(data)) equal(statSync(join(data, name)).mode & 0o077, 0, name);
  match(readFileSync(key, "utf8"), /^[A-Za-z0-9+/]{43}=\n$/);
});

test("store opening - no secret stands in any file, not even after it was changed and removed", async () => {
  using directory = new TemporaryDirectory();
  const store = await openTestStore(directory.path);
  const secrets = store.collection(secretKind);
  const ref = { name: "s", namespace: "default" };
  const annotations = { note: `${CANARY}-annotated` };
  await secrets.create({ metadata: { ...ref, annotations }, stringData: { password: CANARY } });
  await secrets.patch(ref, { type: "merge", value: { stringData: { password: `${CANARY}-2` } } });
  await secrets.remove(ref);
  const search = () => {
    for (const name of readdirSync(directory.path)) {
      const bytes = readFileSync(join(directory.path, name));
      for (const text of [CANARY, Buffer.from(CANARY).toString("base64").slice(0, -2)]) {
        equal(bytes.includes(text), false, `${name} holds ${text}`);
      }
    }
  };
  ok(readdirSync(directory.path).includes("store.db-wal"));
  search();
  await store.close();
  search();
});

test("store opening - a missing key file is named", async () => {
  using directory = new TemporaryDirectory();
  const { key } = await filled(directory.path);
  const content = readFileSync(key);
  rmSync(key);
  await refuses(
    directory.path,
    "STORE_KEY_MISSING",
    /key file .*store\.key is missing, and database .*store\.db/,
  );
  equal(existsSync(key), false);
  writeFileSync(key, content, { mode: 0o600 });
  await stillThere(directory.path);
});

test("store opening - a key of another database, and a file that is no key, are told apart", async () => {
  using directory = new TemporaryDirectory();
  const { key } = await filled(directory.path);
  const content = readFileSync(key);
  writeFileSync(key, `${Buffer.alloc(32, 7).toString("base64")}\n`);
  await refuses(directory.path, "STORE_KEY_WRONG", /it is the key of another database/);
  for (const nonsense of ["", "nonsense", Buffer.alloc(16).toString("base64"), `${content.toString()}x`]) {
    writeFileSync(key, nonsense);
    await refuses(directory.path, "STORE_KEY_WRONG", /it does not hold 32 bytes in base64/);
  }
  writeFileSync(key, content);
  await stillThere(directory.path);
});

test("store opening - a key file that others can read is refused with what to do", async () => {
  using directory = new TemporaryDirectory();
  const { key } = await filled(directory.path);
  chmodSync(key, 0o640);
  await refuses(
    directory.path,
    "STORE_KEY_EXPOSED",
    /can be read by others \(mode 0640\): run chmod 600 on it/,
  );
  chmodSync(key, 0o600);
  await stillThere(directory.path);
});

test("store opening - a truncated database is refused", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  truncateSync(database, statSync(database).size - 5000);
  await refuses(directory.path, "STORE_CORRUPT", /store\.db is damaged: .*malformed/);
});

test("store opening - an empty database file is not taken for a new one", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  truncateSync(database, 0);
  await refuses(directory.path, "STORE_CORRUPT", /the file is empty/);
});

test("store opening - a half-written database is refused", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  const bytes = readFileSync(database);
  bytes.fill(0, Math.floor(bytes.length / 2));
  writeFileSync(database, bytes);
  await refuses(directory.path, "STORE_CORRUPT", /is damaged/);
});

test("store opening - garbage and another program's database are refused", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  writeFileSync(database, "garbage".repeat(1000));
  await refuses(directory.path, "STORE_CORRUPT", /it is no SQLite database/);
  rmSync(database);
  using other = new DatabaseSync(database);
  other.exec("CREATE TABLE theirs (a)");
  await refuses(directory.path, "STORE_CORRUPT", /another program wrote it/);
});

test("store opening - a database whose file is gone while its log is there is refused", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  rmSync(database);
  writeFileSync(`${database}-wal`, "left behind");
  await refuses(directory.path, "STORE_CORRUPT", /the file is missing, and its log store\.db-wal is there/);
  equal(existsSync(database), false);
});

test("store opening - a database of a newer version is refused with both versions", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  using newer = new DatabaseSync(database);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await refuses(directory.path, "STORE_NEWER", /written by a newer version \(schema 99, this one knows 4\)/);
});

test("store opening - a secret whose row was swapped does not open, and the others do", async () => {
  using directory = new TemporaryDirectory();
  const { database } = await filled(directory.path);
  {
    await using store = await openTestStore(directory.path);
    const metadata = { name: "t", namespace: "default" };
    await store.collection(secretKind).create({ metadata, stringData: { password: "other" } });
  }
  {
    using opened = new DatabaseSync(database);
    opened.exec(
      "UPDATE objects SET body = (SELECT body FROM objects WHERE kind = 'Secret' AND name = 't') WHERE kind = 'Secret' AND name = 's'",
    );
  }
  await using store = await openTestStore(directory.path);
  const secrets = store.collection(secretKind);
  await rejects(secrets.get({ name: "s", namespace: "default" }), {
    code: "STORE_CORRUPT",
    message: /Secret default\/s/,
  });
  equal((await secrets.get({ name: "t", namespace: "default" }))?.metadata.name, "t");
});

test("store opening - a directory that cannot be is named", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  await rejects(openTestStore(join(file, "data")), { code: "STORE_DIRECTORY", message: /file\/data/ });
  await rejects(openTestStore(file), { code: "STORE_DIRECTORY" });
});

test("store opening - a directory that can neither be found nor made ends the start", async () => {
  await rejects(openTestStore("/proc/appconn/data"), { code: "STORE_DIRECTORY", message: /\/proc\/appconn/ });
});

test("store opening - a start that was cut off while it made the database is begun again", async () => {
  using directory = new TemporaryDirectory();
  mkdirSync(directory.path, { recursive: true });
  writeFileSync(join(directory.path, "store.db.new"), "half");
  writeFileSync(join(directory.path, "store.key.new"), "half");
  await filled(directory.path);
  await stillThere(directory.path);
});
