import { test } from "node:test";
import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteSearchIndex } from "../../../src/stores/sqlite/search-index.ts";
import type { SearchIndex } from "../../../src/stores/search-index.ts";
import { collected } from "../../doubles/collected.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const DOCUMENT = { application: "app", kind: "docs", title: "Kept", text: "x ".repeat(50_000), version: "1" };

async function keysOf(index: SearchIndex): Promise<readonly string[]> {
  return (await collected(index.indexed())).map(({ key }) => key);
}

/** A closed index with a document in it. */
async function filled(directory: string): Promise<string> {
  await using index = await openSqliteSearchIndex({ directory });
  await index.replace("kept", DOCUMENT);
  return join(directory, "search.db");
}

test("sqlite search index - what was indexed is found after opening it again, and only its owner may read it", async () => {
  using directory = new TemporaryDirectory();
  const data = join(directory.path, "data");
  const file = await filled(data);
  await using index = await openSqliteSearchIndex({ directory: data });
  deepEqual(await keysOf(index), ["kept"]);
  equal((await index.search("kept")).hits.length, 1);
  equal(statSync(file).mode & 0o777, 0o600);
  for (const name of readdirSync(data)) equal(statSync(join(data, name)).mode & 0o077, 0, name);
});

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  missing: (file) => rmSync(file),
  empty: (file) => truncateSync(file),
  "cut off": (file) => truncateSync(file, 20_000),
  "no database": (file) =>
    writeFileSync(file, "nothing that SQLite ever wrote, and long enough to see it".repeat(20)),
  "overwritten in the middle": (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, 4096, bytes.length - 4096));
  },
  "overwritten at its end": (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, bytes.length - 16_384));
  },
  "of another version": (file) => {
    using database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 999");
  },
  "of another program": (file) => {
    rmSync(file);
    using database = new DatabaseSync(file);
    database.exec("CREATE TABLE documents (a)");
  },
  "without its words": (file) => {
    using database = new DatabaseSync(file);
    database.exec("DROP TABLE words");
  },
};

for (const [state, damage] of Object.entries(DAMAGES)) {
  test(`sqlite search index - one that is ${state} is begun anew`, async () => {
    using directory = new TemporaryDirectory();
    const file = await filled(directory.path);
    damage(file);
    {
      await using index = await openSqliteSearchIndex({ directory: directory.path });
      deepEqual(await keysOf(index), []);
      deepEqual(await index.search("kept"), { hits: [] });
      await index.replace("new", { ...DOCUMENT, title: "New" });
    }
    await using again = await openSqliteSearchIndex({ directory: directory.path });
    deepEqual(await keysOf(again), ["new"]);
    equal(statSync(file).mode & 0o777, 0o600);
  });
}

test("sqlite search index - what cannot be opened is a failure, and nothing of it is removed", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "search.db");
  mkdirSync(file);
  writeFileSync(join(file, "precious"), "");
  await rejects(openSqliteSearchIndex({ directory: directory.path }), { code: "SEARCH_INDEX_UNAVAILABLE" });
  deepEqual(readdirSync(file), ["precious"]);
  await rejects(openSqliteSearchIndex({ directory: join(file, "precious") }), { code: "STORE_DIRECTORY" });
});

test("sqlite search index - closing does what was asked for before, and everything later is refused", async () => {
  using directory = new TemporaryDirectory();
  const index = await openSqliteSearchIndex({ directory: directory.path });
  const writes = Array.from({ length: 50 }, (_, number) => index.replace(`k${number}`, DOCUMENT));
  await Promise.all([...writes, index[Symbol.asyncDispose]()]);
  const refusal = { code: "SEARCH_INDEX_UNAVAILABLE", message: /the index is closed/ };
  await rejects(index.search("kept"), refusal);
  await rejects(index.replace("k", DOCUMENT), refusal);
  await rejects(index.remove("k"), refusal);
  await rejects(keysOf(index), refusal);
  await index[Symbol.asyncDispose]();
  await using again = await openSqliteSearchIndex({ directory: directory.path });
  equal((await keysOf(again)).length, 50);
});

test("sqlite search index - what is beyond the limits is not searched", async () => {
  using directory = new TemporaryDirectory();
  await using index = await openSqliteSearchIndex({ directory: directory.path });
  const found = async (text: string) => {
    await index.replace("k", { ...DOCUMENT, text });
    return (await index.search("needle")).hits.length;
  };
  equal(await found(`${"x ".repeat(130_000)} needle`), 1);
  equal(await found(`${"x ".repeat(140_000)} needle`), 0);
  equal(await found(`${"\ufdfa".repeat(14_000)} needle`), 1);
  equal(await found(`${"\ufdfa".repeat(16_000)} needle`), 0, "as long as it is in its common form");
});

test("sqlite search index - one that is damaged while it is open refuses once and is begun anew", async () => {
  using directory = new TemporaryDirectory();
  const { path } = directory;
  const file = join(path, "search.db");
  {
    await using index = await openSqliteSearchIndex({ directory: path });
    // More than the cache of SQLite holds, so that the file is read again.
    for (let number = 0; number < 40; number++) {
      const text = Array.from({ length: 10_000 }, (_, word) => `w${number}x${word}`).join(" ");
      await index.replace(`k${number}`, { ...DOCUMENT, text });
    }
  }
  await using index = await openSqliteSearchIndex({ directory: path });
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(statSync(file).size - 8192, 0xa5), 0, undefined, 8192);
  closeSync(handle);
  const searches = Array.from({ length: 40 }, (_, number) => index.search(`w${number}x5`));
  const refused = (await Promise.allSettled(searches)).filter(({ status }) => status === "rejected");
  equal(refused.length, 1);
  await rejects(Promise.all(searches), {
    code: "SEARCH_INDEX_UNAVAILABLE",
    message: /search\.db: .*malformed/,
  });
  deepEqual(await keysOf(index), []);
  await index.replace("new", DOCUMENT);
  equal((await index.search("kept")).hits.length, 1);
});
