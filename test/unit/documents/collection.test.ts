import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { collectContents } from "../../../src/documents/collect-contents.ts";
import { collectGroups } from "../../../src/documents/collect-groups.ts";
import { gather } from "../../../src/documents/gather.ts";
import { GuardedBlobs } from "../../../src/documents/guarded-blobs.ts";
import { markLostContents } from "../../../src/documents/mark-lost-contents.ts";
import { aService, RunningDocuments } from "../../doubles/documents.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { MemoryBlobStore } from "../../doubles/memory-blob-store.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const GROUP = { application: "shop", serviceId: ID, displayName: "Orders", description: "" };
const HOUR = 3_600_000;

async function publish(running: RunningDocuments, text: string): Promise<void> {
  const staged = await running.services.stage([
    { type: "docs", fileName: "content.json", content: Buffer.from(text) },
  ]);
  await running.services.publish(GROUP, staged);
  await running.catalog.list("shop", ID);
}

function contextOf(running: RunningDocuments, clock: FakeClock) {
  return { store: running.store, blobs: new GuardedBlobs(running.blobs, clock), clock };
}

test("collection - content that nothing names goes after an hour, and what any version names stays", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  for (let version = 1; version <= 6; version++) await publish(running, `{"displayName":"${version}"}`);
  const never = [{ type: "docs" as const, fileName: "x", content: Buffer.from("never published") }];
  const [unpublished] = (await running.services.stage(never)).documents;
  const context = contextOf(running, clock);
  await clock.advance(HOUR / 2);
  equal(await collectContents(context), 0);
  await clock.advance(HOUR / 2 + 1);
  await eventually(async () => {
    await collectContents(context);
    equal(running.blobs.hashes.includes(unpublished?.hash ?? ""), false);
  });
  const kept = (await running.catalog.history("shop", ID)).flatMap(({ documents }) =>
    documents.map(({ hash }) => hash),
  );
  equal(kept.length, 5);
  deepEqual(
    kept.filter((hash) => !running.blobs.hashes.includes(hash)),
    [],
  );
  equal(await running.catalog.content("shop", ID, kept.at(-1) ?? "").then(String), '{"displayName":"2"}');
});

test("collection - findings and converted documents are kept with their document", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  const events = '{"asyncapi":"1.0.0","info":{"title":"E","version":"1"},"topics":{}}';
  const staged = await running.services.stage([
    { type: "asyncapi", fileName: "a.json", content: Buffer.from(events) },
  ]);
  await running.services.publish(GROUP, staged);
  const before = await running.catalog.published("shop", ID, "asyncapi");
  await clock.advance(2 * HOUR);
  equal(await collectContents(contextOf(running, clock)), 0);
  deepEqual(await running.catalog.published("shop", ID, "asyncapi"), before);
  ok(await running.catalog.findings("shop", ID, "asyncapi"));
});

test("collection - content that is staged while it is being removed is there when it is published", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  const content = Buffer.from('{"displayName":"wanted again"}');
  const blobs = new MemoryBlobStore(clock);
  const guarded = new GuardedBlobs(blobs, clock);
  await guarded.put(content);
  await clock.advance(HOUR + 1);
  const begun = Promise.withResolvers<void>();
  const proceed = Promise.withResolvers<void>();
  blobs.deleting = async () => {
    begun.resolve();
    await proceed.promise;
  };
  const collecting = collectContents({ store: running.store, blobs: guarded });
  await begun.promise;
  const putting = guarded.put(content);
  proceed.resolve();
  const [collected, { hash }] = await Promise.all([collecting, putting]);
  equal(collected, 1);
  equal(await guarded.hold(hash), true);
});

test("collection - content that is staged after it was found to be garbage stays", async () => {
  const clock = new FakeClock();
  const blobs = new MemoryBlobStore(clock);
  const guarded = new GuardedBlobs(blobs, clock);
  const { hash } = await guarded.put(Buffer.from("x"));
  await clock.advance(HOUR + 1);
  deepEqual(await gather(guarded.old()), [hash]);
  equal(await guarded.hold(hash), true);
  equal(await guarded.collect(hash), false);
  await clock.advance(HOUR + 1);
  equal(await guarded.collect(hash), true);
});

test("collection - nothing is removed while content comes in whose hash nobody knows", async () => {
  const clock = new FakeClock();
  const blobs = new MemoryBlobStore(clock);
  const guarded = new GuardedBlobs(blobs, clock);
  const { hash } = await guarded.put(Buffer.from("x"));
  await clock.advance(HOUR + 1);
  const proceed = Promise.withResolvers<void>();
  const putting = guarded.putStream(
    (async function* () {
      yield Buffer.from("x");
      await proceed.promise;
    })(),
    { limit: 10 },
  );
  equal(await guarded.collect(hash), false);
  proceed.resolve();
  equal((await putting).hash, hash);
  equal(await guarded.collect(hash), false);
});

test("collection - groups of services that no Application has go after an hour", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  await publish(running, "{}");
  const context = contextOf(running, clock);
  await clock.advance(HOUR + 1);
  equal(await collectGroups(context), 0);
  const applications = running.store.collection(applicationKind);
  const application = (await applications.get({ name: "shop" }))!;
  await applications.update({ ...application, spec: { services: [aService("another")] } });
  await eventually(async () => {
    await collectGroups(context);
    deepEqual(await running.groups(), []);
  });
  deepEqual(await running.assets(), []);
});

test("collection - young groups are let be, because their service comes after them", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  await publish(running, "{}");
  await clock.advance(HOUR / 2);
  equal(await collectGroups(contextOf(running, clock)), 0);
  equal((await running.groups()).length, 1);
});

test("collection - it happens at start and every hour", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  const orphan = await running.blobs.put(Buffer.from("left behind"));
  await clock.advance(HOUR + 1);
  await running.stop();
  await running.start();
  await eventually(() => equal(running.blobs.hashes.includes(orphan.hash), false));
  await eventually(() => ok(clock.timers > 0));
  const another = await running.blobs.put(Buffer.from("left behind later"));
  await clock.advance(HOUR);
  await clock.advance(HOUR);
  await eventually(async () => {
    await clock.advance(HOUR);
    equal(running.blobs.hashes.includes(another.hash), false);
  });
});

test("collection - a document whose content was removed says so, and is ready again once it is back", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  await publish(running, '{"displayName":"1"}');
  const reasons = async () => (await running.assets()).map(({ status }) => [status?.phase, status?.reason]);
  await eventually(async () => deepEqual(await reasons(), [["Ready", "Uploaded"]]));
  for (const hash of running.blobs.hashes) running.blobs.lose(hash);
  equal(await markLostContents(contextOf(running, clock)), 1);
  deepEqual(await reasons(), [["Failed", "MissingContent"]]);
  equal(await markLostContents(contextOf(running, clock)), 0);
  await publish(running, '{"displayName":"1"}');
  await eventually(async () => deepEqual(await reasons(), [["Ready", "Uploaded"]]));
  equal(await markLostContents(contextOf(running, clock)), 0);
});

test("collection - contents that were removed are looked for every hour", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock, services: [ID] });
  await publish(running, '{"displayName":"1"}');
  for (const hash of running.blobs.hashes) running.blobs.lose(hash);
  await eventually(async () => {
    await clock.advance(HOUR);
    const [group] = await running.groups();
    deepEqual((await running.assets())[0]?.status?.reason, "MissingContent");
    deepEqual(group?.status?.message?.includes("1 of 1 did not pass"), true);
  });
});
