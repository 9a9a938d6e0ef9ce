import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open as openFile, type FileHandle } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { openFileBlobStore } from "../../../src/stores/sqlite/file-blob-store.ts";
import type { BlobStore } from "../../../src/stores/blob-store.ts";
import { collected } from "../../doubles/collected.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const CONTENT = Buffer.from("abc");
/** Of FIPS 180-4, appendix B.1. */
const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

function open(directory: string, clock = new FakeClock()): Promise<BlobStore> {
  return openFileBlobStore({ directory, clock });
}

function pathOf(directory: string): string {
  return join(directory, "blobs", "ba", "78", HASH);
}

test("file blob store - a blob is a file under its hash that nobody else may read", async () => {
  using directory = new TemporaryDirectory();
  const data = join(directory.path, "deep", "data");
  await using store = await open(data);
  await store.put(CONTENT);
  const path = pathOf(data);
  equal(statSync(path).mode & 0o777, 0o600);
  for (let folder = dirname(path); folder !== directory.path; folder = dirname(folder)) {
    equal(statSync(folder).mode & 0o777, 0o700, folder);
  }
  deepEqual(readdirSync(join(data, "blobs", "incoming")), []);
});

test("file blob store - folders that others could read are closed to them at the next opening", async () => {
  using directory = new TemporaryDirectory();
  const blobs = join(directory.path, "blobs");
  mkdirSync(blobs);
  chmodSync(blobs, 0o755);
  await using _store = await open(directory.path);
  equal(statSync(blobs).mode & 0o777, 0o700);
});

test("file blob store - the time of a blob is the clock's, to the millisecond", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock(1_767_225_600_123);
  await using store = await open(directory.path, clock);
  const { putAt } = await store.put(CONTENT);
  equal(putAt, 1_767_225_600_123);
  deepEqual(await collected(store.list()), [{ hash: HASH, size: 3, putAt }]);
});

test("file blob store - what was being received when the process was killed is gone after opening", async () => {
  using directory = new TemporaryDirectory();
  const incoming = join(directory.path, "blobs", "incoming");
  mkdirSync(join(incoming, "deep"), { recursive: true });
  writeFileSync(join(incoming, "half"), "ab");
  await using store = await open(directory.path);
  deepEqual(readdirSync(incoming), []);
  deepEqual(await collected(store.list()), []);
});

test("file blob store - files of others in its folders are not listed and not touched", async () => {
  using directory = new TemporaryDirectory();
  await using store = await open(directory.path);
  const blobs = join(directory.path, "blobs");
  await store.put(CONTENT);
  const strange = [
    join(blobs, "README"),
    join(blobs, "aa"),
    join(blobs, "ba", "00"),
    join(blobs, "ba", "78", "notes"),
    // A hash, but nobody would look for it here.
    join(blobs, "ba", "78", HASH.replace("ba", "00")),
  ];
  for (const path of strange) writeFileSync(path, "strange");
  const listing = await collected(store.list()).catch((error: unknown) => error);
  deepEqual(
    (listing as { hash: string }[]).map(({ hash }) => hash),
    [HASH],
  );
  for (const path of strange) ok(statSync(path).isFile(), path);
});

test("file blob store - a folder that went away is made again", async () => {
  using directory = new TemporaryDirectory();
  await using store = await open(directory.path);
  await store.put(CONTENT);
  rmSync(join(directory.path, "blobs", "ba"), { recursive: true });
  equal(await store.has(HASH), false);
  await store.put(CONTENT);
  deepEqual(await store.get(HASH), CONTENT);
});

test("file blob store - what is no readable file is a failure that says so", async () => {
  using directory = new TemporaryDirectory();
  await using store = await open(directory.path);
  mkdirSync(pathOf(directory.path), { recursive: true });
  const refusal = { code: "BLOB_STORE_UNAVAILABLE", message: /it is a directory, not a file \(EISDIR\)/ };
  await rejects(store.get(HASH), refusal);
  await rejects(store.put(CONTENT), refusal);
  equal(await store.has(HASH), false);
  deepEqual(readdirSync(join(directory.path, "blobs", "incoming")), []);
});

test("file blob store - a data directory that is a file is refused", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  await rejects(open(file), { code: "STORE_DIRECTORY" });
  const blobs = join(directory.path, "blobs");
  writeFileSync(blobs, "");
  await rejects(open(directory.path), { code: "BLOB_STORE_UNAVAILABLE", message: /not a directory/ });
});

/** Resolves when the whole content stands in a file that is not moved yet. */
async function received(directory: string, size: number): Promise<void> {
  const incoming = join(directory, "blobs", "incoming");
  await eventually(
    () =>
      equal(
        readdirSync(incoming).some((name) => statSync(join(incoming, name)).size === size),
        true,
      ),
    { interval: 0 },
  );
}

test("file blob store - a deletion of the old waits for what is being put, and spares it", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  await using store = await open(directory.path, clock);
  const content = Buffer.alloc(16 * 1024 * 1024, "x");
  const { hash, putAt } = await store.put(content);
  for (let round = 0; round < 5; round++) {
    await clock.advance(1);
    const putting = store.put(content);
    await received(directory.path, content.length);
    await store.delete(hash, { putBefore: putAt + 1 });
    await putting;
    equal(await store.has(hash), true);
  }
});

test("file blob store - closing waits for what is being kept, and leaves nothing half done", async () => {
  using directory = new TemporaryDirectory();
  const store = await open(directory.path);
  const content = Buffer.alloc(16 * 1024 * 1024, "x");
  const putting = store.put(content).then(
    ({ hash }) => hash,
    () => undefined,
  );
  await received(directory.path, content.length);
  await store[Symbol.asyncDispose]();
  deepEqual(readdirSync(join(directory.path, "blobs", "incoming")), []);
  const hash = await putting;
  await using again = await open(directory.path);
  const kept = await collected(again.list());
  deepEqual(
    kept.map((blob) => blob.hash),
    hash === undefined ? [] : [hash],
  );
});

test("file blob store - when a put is done, content, name and folders have reached the disk", async (t) => {
  if (!existsSync("/proc/self/fd")) return t.skip("the name of an open file is seen under /proc only");
  using directory = new TemporaryDirectory();
  await using store = await open(directory.path);
  const path = pathOf(directory.path);
  const synced: string[] = [];
  await using handle = await openFile(directory.path, "r");
  const prototype = Object.getPrototypeOf(handle) as { sync: (this: FileHandle) => Promise<void> };
  const sync = prototype.sync;
  prototype.sync = function (this: FileHandle): Promise<void> {
    // The name under which the kernel knows it at that moment.
    const name = relative(directory.path, readlinkSync(`/proc/self/fd/${this.fd}`));
    synced.push(`${name.replace(/\/[0-9a-f-]{36}$/, "/*")} ${existsSync(path) ? "after" : "before"}`);
    return sync.call(this);
  };
  try {
    await store.put(CONTENT);
    deepEqual(synced.splice(0), [
      "blobs before",
      "blobs/ba before",
      "blobs/incoming/* before",
      "blobs/ba/78 after",
    ]);
    await store.put(CONTENT);
    // Who put it first may have been killed before its name was on the disk.
    deepEqual(synced.splice(0), [`blobs/ba/78/${HASH} after`, "blobs/ba/78 after"]);
  } finally {
    prototype.sync = sync;
  }
});
