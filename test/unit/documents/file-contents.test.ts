import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { collectContents } from "../../../src/documents/collect-contents.ts";
import { GuardedBlobs } from "../../../src/documents/guarded-blobs.ts";
import { openFileBlobStore } from "../../../src/stores/sqlite/file-blob-store.ts";
import { RunningDocuments, readAll } from "../../doubles/documents.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const GROUP = { application: "shop", serviceId: ID, displayName: "", description: "" };
const HOUR = 3_600_000;

function document(text: string) {
  return { type: "docs" as const, fileName: "content.json", content: Buffer.from(text) };
}

test("contents as files - documents outlive a start, and what nothing names goes", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock(Date.now());
  await using blobs = await openFileBlobStore({ directory: directory.path, clock });
  await using running = await RunningDocuments.open({ contents: blobs, clock, services: [ID] });
  await running.services.publish(GROUP, await running.services.stage([document("{}")]));
  await running.services.stage([document("never published")]);
  await running.catalog.list("shop", ID);
  await running.stop();
  await running.start();
  await clock.advance(HOUR + 1);
  await collectContents({ store: running.store, blobs: new GuardedBlobs(blobs, clock) });
  const kept = globSync("**/[0-9a-f]*[0-9a-f]", { cwd: directory.path }).filter((path) =>
    /[0-9a-f]{64}$/.test(path),
  );
  equal(kept.length, 1);
  const [read] = await readAll(running.services, ID);
  equal(Buffer.from(read?.content ?? []).toString(), "{}");
});

test("contents as files - damaged content is told, never served", async () => {
  using directory = new TemporaryDirectory();
  await using blobs = await openFileBlobStore({
    directory: directory.path,
    clock: new FakeClock(Date.now()),
  });
  await using running = await RunningDocuments.open({ contents: blobs });
  const staged = await running.services.stage([document("{}")]);
  await running.services.publish(GROUP, staged);
  await running.catalog.list("shop", ID);
  const hash = staged.documents[0]?.hash ?? "";
  const [path = ""] = globSync(`**/${hash}`, { cwd: directory.path });
  writeFileSync(join(directory.path, path), "[]");
  await rejects(readAll(running.services, ID), { code: "BLOB_DAMAGED" });
  const answer = await running.fetch(`/documents/${ID}/${hash}/content.json`);
  equal(answer.status, 500);
  match(await answer.text(), new RegExp(`the content ${hash} is damaged`));
  await running.services.stage([document("{}")]);
  deepEqual(Buffer.from((await readAll(running.services, ID))[0]?.content ?? []).toString(), "{}");
});
