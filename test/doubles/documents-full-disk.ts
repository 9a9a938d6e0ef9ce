import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import type { SearchIndex } from "../../src/stores/search-index.ts";
import { openLocalBlobStore } from "../../src/stores/sqlite/open-local-blob-store.ts";
import { openSqliteSearchIndex } from "../../src/stores/sqlite/search-index.ts";
import { collected } from "./collected.ts";
import { ballastOn, fillDisk, outcome } from "./small-disk.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that lives on a small file system (first argument), fills it, keeps and indexes documents until that
 * is refused, makes room and goes on. It says what happened in one JSON line. The second argument says how
 * documents come: `whole`, or in `pieces`, which become files.
 */
const [root = "", manner = "whole"] = process.argv.slice(2);
const directory = join(root, "data");
const incoming = () => readdirSync(join(directory, "blobs", "incoming")).length;

await using store = await openLocalBlobStore({ directory, clock: systemClock });
await using index = await openSqliteSearchIndex({ directory });
async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}
const put = (size: number) => {
  const content = randomBytes(size);
  return store.put(manner === "whole" ? content : pieces(content));
};
const kept = await put(20_000);
const document = { application: "a", kind: "docs", version: "1" };
await index.replace("kept", { ...document, title: "kept", text: "first" });

fillDisk(root, 300 * 1024);
/** How many were done before the first refusal, and what that was. */
async function untilRefused(write: (count: number) => Promise<unknown>): Promise<[number, string]> {
  for (let count = 0; count < 1000; count++) {
    const said = await outcome(write(count));
    if (said !== "done") return [count, said];
  }
  return [1000, "done"];
}
const hashes: string[] = [];
const [blobs, refusal] = await untilRefused(async () => hashes.push((await put(50_000)).hash));
const leftOver = incoming();
const readable = (await Promise.all(hashes.map((hash) => store.get(hash)))).filter(Boolean).length;
const listed = (await collected(store.list())).length;
const before = (await store.get(kept.hash))?.length;

const words = () => Array.from({ length: 3000 }, () => randomBytes(6).toString("hex")).join(" ");
const [, searchRefusal] = await untilRefused((count) =>
  index.replace(`more-${count}`, { ...document, title: "more", text: words() }),
);
const replaced = await outcome(index.replace("kept", { ...document, title: "lost", text: words() }));
const found = async (searched: SearchIndex, query: string) => (await searched.search(query)).hits.length;
const foundMeanwhile = [await found(index, "kept"), await found(index, "lost")];

rmSync(ballastOn(root));
const afterwards = [
  await outcome(put(50_000)),
  await outcome(index.replace("kept", { ...document, title: "found", text: words() })),
];
const result = {
  keptSome: blobs > 0,
  refusal,
  leftOver,
  readable: readable === blobs,
  listed: listed === blobs + 1,
  before,
  searchRefusal,
  replaced,
  foundMeanwhile,
  afterwards,
  foundAfterwards: [await found(index, "kept"), await found(index, "found")],
};
sayNow(result);
