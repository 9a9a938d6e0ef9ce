import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { PacedWork } from "../../../../src/documents/search/paced-work.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

test("paced work - one key after the other, and what is wanted twice while it waits is done once", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  await using work = new PacedWork({ work: async (key) => void done.push(key), failed: fail, clock });
  for (const key of ["a", "b", "a"]) work.want(key);
  equal(work.isIdle, false);
  await settled(work, clock);
  deepEqual(done, ["a", "b"]);
});

test("paced work - what is wanted while it is being done is done once more", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  await using work: PacedWork = new PacedWork({
    work: async (key) => {
      done.push(key);
      if (done.length === 1) work.want("a");
    },
    failed: fail,
    clock,
  });
  work.want("a");
  await settled(work, clock);
  deepEqual(done, ["a", "a"]);
});

test("paced work - what took long rests, others do not wait for it, and nothing that is wanted is lost", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  await using work = new PacedWork({
    work: async (key) => {
      if (key === "slow") await clock.advance(50);
      done.push(key);
    },
    failed: fail,
    clock,
  });
  work.want("slow");
  await settled(work, clock);
  work.want("slow");
  work.want("quick");
  await clock.advance(100);
  await turns();
  deepEqual(done, ["slow", "quick"]);
  equal(work.isIdle, false);
  await clock.advance(20 * 50);
  await settled(work, clock);
  deepEqual(done, ["slow", "quick", "slow"]);
});

test("paced work - what fails is told, tried again later, and holds up nothing else", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  const failures: unknown[] = [];
  let isBroken = true;
  await using work = new PacedWork({
    work: async (key) => {
      if (key === "bad" && isBroken) throw new Error("broken");
      done.push(key);
    },
    failed: (error) => failures.push(error),
    clock,
  });
  work.want("bad");
  work.want("good");
  await clock.advance(100);
  await turns();
  deepEqual(done, ["good"]);
  equal(failures.length, 1);
  equal(work.isIdle, false);
  isBroken = false;
  await clock.advance(5000);
  await settled(work, clock);
  deepEqual(done, ["good", "bad"]);
});

test("paced work - what is wanted in quick succession is done once, after a pause", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  await using work = new PacedWork({ work: async (key) => void done.push(key), failed: fail, clock });
  for (let count = 0; count < 9; count++) {
    work.want("a");
    await clock.advance(10);
    await turns();
  }
  deepEqual(done, []);
  await clock.advance(10);
  await turns();
  deepEqual(done, ["a"]);
});

test("paced work - what a work wants follows in the same round, and a work that wants itself in the next", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  await using work: PacedWork = new PacedWork({
    work: async (key) => {
      done.push(key);
      work.want("a");
      if (key === "a") work.want("b");
    },
    failed: fail,
    clock,
  });
  work.want("a");
  await clock.advance(100);
  await turns();
  deepEqual(done, ["a", "a", "b"]);
  await clock.advance(399);
  await turns();
  equal(done.length, 3);
  await clock.advance(1);
  await turns();
  equal(done.length > 3, true);
});

test("paced work - closing does not wait for a pause", async () => {
  const done: string[] = [];
  const work = new PacedWork({
    work: async (key) => void done.push(key),
    failed: fail,
    clock: new FakeClock(),
  });
  work.want("a");
  await work[Symbol.asyncDispose]();
  deepEqual(done, []);
});

function fail(error: unknown): void {
  throw error;
}

async function turns(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- a work may wait for several turns
  for (let count = 0; count < 5; count++) await turn();
}

async function settled(work: PacedWork, clock: FakeClock): Promise<void> {
  await turns();
  await clock.advance(500);
  await turns();
  equal(work.isIdle, true);
}
