import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { copyContents, type CopyProgress } from "../../../src/documents/copy-contents.ts";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import { RunningDocuments } from "../../doubles/documents.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { MemoryBlobStore } from "../../doubles/memory-blob-store.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const GROUP = { application: "shop", serviceId: ID, displayName: "Orders", description: "" };
const HOUR = 3_600_000;

async function scene(clock: FakeClock) {
  const running = await RunningDocuments.open({ clock, services: [ID] });
  const to = new MemoryBlobStore(clock);
  const told: CopyProgress[] = [];
  const damaged: string[] = [];
  const parts = {
    from: running.blobs,
    to,
    store: running.store,
    clock,
    progress: (progress: CopyProgress) => told.push(progress),
    damaged: (hash: string) => damaged.push(hash),
  };
  return { running, to, told, damaged, parts };
}

async function publish(running: RunningDocuments, text: string): Promise<string> {
  const content = Buffer.from(text);
  const staged = await running.services.stage([{ type: "docs", fileName: "content.json", content }]);
  await running.services.publish(GROUP, staged);
  await running.catalog.list("shop", ID);
  return staged.documents[0]?.hash ?? "";
}

test("copied contents - what documents name and what was put last is copied, and garbage is not", async () => {
  const clock = new FakeClock();
  const { running, to, told, parts } = await scene(clock);
  await using _running = running;
  const named = await publish(running, '{"displayName":"1"}');
  const { hash: garbage } = await running.blobs.put(Buffer.from("garbage"));
  clock.jump(2 * HOUR);
  const { hash: staged } = await running.blobs.put(Buffer.from("of a change that broke off"));
  const copied = await copyContents(parts);
  equal(copied, to.hashes.length);
  deepEqual(
    [named, garbage, staged].map((hash) => to.hashes.includes(hash)),
    [true, false, true],
  );
  deepEqual(told, [{ copied: 0, all: copied }]);
  ok(running.blobs.hashes.includes(named), "what was copied stays where it is");
  equal(await copyContents(parts), 0);
  equal(to.puts, copied, "what is there is not copied again");
  equal(told.length, 1, "nothing is told where nothing is done");
});

test("copied contents - what broke off goes on where it ended, and a few are copied at once", async () => {
  const clock = new FakeClock();
  const { running, to, parts } = await scene(clock);
  await using _running = running;
  for (let number = 0; number < 40; number++) await running.blobs.put(Buffer.from(`content ${number}`));
  const failure = new StoreFailure("BLOB_STORE_UNAVAILABLE", ["S3 cannot be reached"]);
  to.kept = () => {
    if (to.hashes.length >= 20) to.failure = failure;
  };
  await rejects(copyContents(parts), failure);
  const there = to.hashes.length;
  ok(there >= 20 && there < 28, String(there));
  to.failure = undefined;
  to.kept = () => {};
  const puts = to.puts;
  equal(await copyContents(parts), running.blobs.hashes.length - there);
  equal(to.puts - puts, running.blobs.hashes.length - there);
  deepEqual(to.hashes.toSorted(), running.blobs.hashes.toSorted());
});

test("copied contents - one that is damaged is told of, and the others are copied", async () => {
  const clock = new FakeClock();
  const { running, to, damaged, parts } = await scene(clock);
  await using _running = running;
  const { hash: bad } = await running.blobs.put(Buffer.from("bad"));
  const { hash: good } = await running.blobs.put(Buffer.from("good"));
  const get = running.blobs.get.bind(running.blobs);
  running.blobs.get = async (hash) => {
    if (hash === bad) throw new StoreFailure("BLOB_DAMAGED", [hash]);
    return await get(hash);
  };
  await copyContents(parts);
  deepEqual(damaged, [bad]);
  ok(to.hashes.includes(good));
});

test("copied contents - progress is told every ten seconds, and whoever stops the start stops it", async () => {
  const clock = new FakeClock();
  const { running, to, told, parts } = await scene(clock);
  await using _running = running;
  const stop = new AbortController();
  for (let number = 0; number < 40; number++) await running.blobs.put(Buffer.from(`content ${number}`));
  to.kept = () => {
    if (to.hashes.length < 15) return;
    // As the real stores say it.
    stop.abort(new Error("stopped"));
    to.failure = new Error("stopped");
  };
  // A second for each.
  const slow = { monotonic: () => to.hashes.length * 1000 };
  await rejects(copyContents({ ...parts, clock: slow }, { signal: stop.signal }), /stopped/);
  equal(told.length, 2);
  ok((told[1]?.copied ?? 0) > 0 && told[1]?.all === running.blobs.hashes.length, JSON.stringify(told));
});
