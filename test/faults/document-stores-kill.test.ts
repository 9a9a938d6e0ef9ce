import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { openLocalBlobStore } from "../../src/stores/sqlite/open-local-blob-store.ts";
import { openSqliteSearchIndex } from "../../src/stores/sqlite/search-index.ts";
import { collected } from "../doubles/collected.ts";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const writer = new URL("../doubles/blob-writer.ts", import.meta.url);

interface Acknowledged {
  readonly hash: string;
  readonly size: number;
}

/** What a writer was told before it was killed; its last line may have been cut off. */
async function killedWriter(directory: string, lines: number): Promise<readonly Acknowledged[]> {
  await using child = new LineProcess(writer, [directory]);
  await eventually(() => ok(child.lines.length > lines, child.errors), { timeout: 60_000 });
  await child.kill();
  const whole = child.lines.filter((line) => line.endsWith("}"));
  return whole.map((line) => JSON.parse(line) as Acknowledged);
}

/** Every file below the folders of hashes, whoever may look there. */
function visible(blobs: string): readonly string[] {
  const folders = readdirSync(blobs, { withFileTypes: true, recursive: true });
  return folders
    .filter((entry) => entry.isFile() && basename(entry.parentPath) !== "incoming")
    .map((entry) => join(entry.parentPath, entry.name));
}

test("document stores - kill -9 during puts loses no blob that was acknowledged and shows no half one", async () => {
  using directory = new TemporaryDirectory();
  const blobs = join(directory.path, "blobs");
  let interrupted = 0;
  const acknowledged: Acknowledged[] = [];
  // On a busy machine a kill may find nothing on its way.
  for (let round = 1; round <= 4 || (interrupted === 0 && round <= 40); round++) {
    acknowledged.push(...(await killedWriter(directory.path, 20 * Math.min(round, 4))));
    for (const file of visible(blobs)) {
      equal(createHash("sha256").update(readFileSync(file)).digest("hex"), basename(file));
    }
    interrupted += readdirSync(join(blobs, "incoming")).length;
    await using store = await openLocalBlobStore({ directory: directory.path, clock: systemClock });
    deepEqual(readdirSync(join(blobs, "incoming")), [], "what was interrupted is removed");
    const listed = new Map((await collected(store.list())).map(({ hash, size }) => [hash, size]));
    for (const { hash, size } of acknowledged) {
      equal(listed.get(hash), size);
      equal((await store.get(hash))?.length, size);
    }
  }
  ok(interrupted > 0, "the kills came while blobs were on their way");
});

test("document stores - kill -9 during indexing leaves an index that opens with what was acknowledged", async () => {
  using directory = new TemporaryDirectory();
  const acknowledged: Acknowledged[] = [];
  for (let round = 0; round < 3; round++) {
    acknowledged.push(...(await killedWriter(directory.path, 20 * (round + 1))));
    ok(existsSync(join(directory.path, "search.db")));
    await using index = await openSqliteSearchIndex({ directory: directory.path });
    const versions = new Map((await collected(index.indexed())).map(({ key, version }) => [key, version]));
    for (const { hash } of acknowledged) equal(versions.get(hash), hash);
    const [hit] = (await index.search(acknowledged[0]!.hash)).hits;
    equal(hit?.key, acknowledged[0]!.hash);
  }
});
