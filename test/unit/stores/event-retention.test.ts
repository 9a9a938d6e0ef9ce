import assert from "node:assert/strict";
import test from "node:test";
import { eventKind } from "../../../src/core/resources/event.ts";
import { removeOldEvents } from "../../../src/stores/event-retention.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openTestStore } from "../../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("event retention - of too many Events those go that were seen longest ago, page after page", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  await using store = await openTestStore(directory.path, clock);
  const collection = store.collection(eventKind);
  for (let index = 0; index < 450; index++) {
    // The later it was made, the earlier it stands in the list.
    const metadata = { name: `e-${999 - index}`, namespace: "default" };
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await collection.create({ metadata });
    clock.jump(1000);
  }
  const { signal } = new AbortController();
  assert.equal(await removeOldEvents({ collection, clock, limit: 450 }, signal), 450);
  assert.equal(await removeOldEvents({ collection, clock, limit: 100 }, signal), 90);
  const names = (await collection.list()).items.map(({ metadata }) => metadata.name);
  assert.equal(names.length, 90);
  assert.deepEqual([names[0], names.at(-1)], ["e-550", "e-639"]);
});

test("event retention - an end that comes meanwhile is obeyed", async () => {
  using directory = new TemporaryDirectory();
  const clock = new FakeClock();
  await using store = await openTestStore(directory.path, clock);
  const collection = store.collection(eventKind);
  await collection.create({ metadata: { name: "old", namespace: "default" } });
  clock.jump(3_700_000);
  await assert.rejects(removeOldEvents({ collection, clock, limit: 9 }, AbortSignal.abort()));
  assert.equal((await collection.list()).items.length, 1);
});
