import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, globSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openFileBlobStore } from "../../../src/stores/sqlite/file-blob-store.ts";
import { openLocalBlobStore } from "../../../src/stores/sqlite/open-local-blob-store.ts";
import { collected } from "../../doubles/collected.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const MEBIBYTE = 1024 * 1024;

function filesIn(directory: string): readonly string[] {
  return globSync("blobs/??/??/*", { cwd: directory });
}

test("blob store - small contents stand in a database that nobody else may read, others in files", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openLocalBlobStore({ directory: directory.path, clock: new FakeClock() });
  const [small, large] = [randomBytes(MEBIBYTE), randomBytes(MEBIBYTE + 1)];
  const kept = [await store.put(small)];
  deepEqual(filesIn(directory.path), []);
  for (const name of ["blobs.db", "blobs.db-wal"]) {
    equal(statSync(join(directory.path, name)).mode & 0o777, 0o600, name);
  }
  kept.push(await store.put(large));
  equal(filesIn(directory.path).length, 1);
  deepEqual(await collected(store.list()), kept);
  deepEqual([await store.get(kept[0]!.hash), await store.get(kept[1]!.hash)], [small, large]);
});

test("blob store - what stands in the database and in a file is one content", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  const content = Buffer.from("both");
  await using files = await openFileBlobStore({ directory: directory.path, clock });
  const { hash, putAt } = await files.put(content);
  await clock.advance(1);
  await using store = await openLocalBlobStore({ directory: directory.path, clock });
  deepEqual(await store.get(hash), content);
  const again = await store.put(content);
  deepEqual(await collected(store.list()), [again]);
  await store.delete(hash, { putBefore: putAt + 1 });
  equal(await store.has(hash), true);
  await store.delete(hash);
  equal(await store.has(hash), false);
  deepEqual(filesIn(directory.path), []);
});

test("blob store - a file that a killed process had only begun to make becomes the database", async () => {
  using directory = new TemporaryDirectory();
  writeFileSync(join(directory.path, "blobs.db"), "");
  const clock = new FakeClock();
  const content = Buffer.from("kept");
  const hash = createHash("sha256").update(content).digest("hex");
  for (const found of [undefined, content]) {
    await using store = await openLocalBlobStore({ directory: directory.path, clock });
    deepEqual(await store.get(hash), found);
    await store.put(content);
  }
});

test("blob store - the room of contents that are gone is given back", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  const file = join(directory.path, "blobs.db");
  {
    await using store = await openLocalBlobStore({ directory: directory.path, clock });
    const kept = await Promise.all(Array.from({ length: 20 }, () => store.put(randomBytes(200_000))));
    for (const { hash } of kept) await store.delete(hash);
  }
  equal(existsSync(`${file}-wal`), false);
  equal(statSync(file).size < 400_000, true);
});

test("blob store - contents that are on their way when the store is closed are kept", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  const first = await openLocalBlobStore({ directory: directory.path, clock });
  const contents = Array.from({ length: 8 }, () => randomBytes(50_000));
  const putting = contents.map((content) => first.put(content));
  await first[Symbol.asyncDispose]();
  const kept = await Promise.all(putting);
  await using store = await openLocalBlobStore({ directory: directory.path, clock });
  deepEqual(await Promise.all(kept.map(({ hash }) => store.get(hash))), contents);
});

test("blob store - content that is changed after it was put is kept as it was", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openLocalBlobStore({ directory: directory.path, clock: new FakeClock() });
  const contents = Array.from({ length: 4 }, () => randomBytes(5000));
  const copies = contents.map((content) => Buffer.from(content));
  const putting = contents.map((content) => store.put(content));
  for (const content of contents) content.fill(0);
  const kept = await Promise.all(putting);
  deepEqual(await Promise.all(kept.map(({ hash }) => store.get(hash))), copies);
});

test("blob store - a database of another program is refused and left as it is", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "blobs.db");
  const other = new DatabaseSync(file);
  other.exec("CREATE TABLE theirs (a); PRAGMA user_version = 7");
  other.close();
  const opening = openLocalBlobStore({ directory: directory.path, clock: new FakeClock() });
  await rejects(opening, { code: "BLOB_STORE_UNAVAILABLE", message: /of another program/ });
  const again = new DatabaseSync(file);
  equal(again.prepare("SELECT count(*) AS count FROM theirs").get()?.["count"], 0);
  again.close();
});

test("blob store - a file that is no database is refused", async () => {
  using directory = new TemporaryDirectory();
  writeFileSync(join(directory.path, "blobs.db"), "no database at all".repeat(100));
  const opening = openLocalBlobStore({ directory: directory.path, clock: new FakeClock() });
  await rejects(opening, { code: "BLOB_STORE_UNAVAILABLE", message: /not a database/ });
});
