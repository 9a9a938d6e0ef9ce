import assert from "node:assert/strict";
import { test } from "node:test";
import { type RevocationEvent, RevocationSet } from "../../../src/pki/revocations.ts";

const revoked = (hash: string): RevocationEvent => ({ type: "revoked", revocation: { hash } });
const SYNCED: RevocationEvent = { type: "synced" };

async function* told(...events: (RevocationEvent | (() => void))[]): AsyncGenerator<RevocationEvent> {
  for (const event of events) {
    if (typeof event === "function") event();
    else yield event;
  }
}

test("revocations - nobody is let through before the list was complete once", async () => {
  const set = new RevocationSet();
  assert.equal(set.check("a"), undefined);
  await set.follow(told(revoked("a"), () => assert.equal(set.check("a"), true)));
  assert.equal(set.check("b"), undefined);
  assert.equal(set.isLoaded, false);
  await set.follow(told(revoked("a"), SYNCED, () => assert.equal(set.isLoaded, true)));
  assert.deepEqual([set.check("a"), set.check("b")], [true, false]);
});

test("revocations - each new one counts at once, and an expired one no longer", async () => {
  const set = new RevocationSet();
  await set.follow(
    told(
      SYNCED,
      revoked("a"),
      () => assert.equal(set.has("a"), true),
      { type: "expired", hash: "a" },
      () => assert.equal(set.has("a"), false),
    ),
  );
  assert.equal(set.size, 0);
});

test("revocations - a watch that breaks off leaves the last known list, and the next one replaces it", async () => {
  const set = new RevocationSet();
  await set.follow(told(revoked("a"), revoked("b"), SYNCED));
  await set.follow(
    told(
      revoked("b"),
      () => assert.equal(set.check("a"), true),
      revoked("c"),
      SYNCED,
      () => assert.equal(set.check("a"), false),
    ),
  );
  assert.deepEqual([set.has("b"), set.has("c"), set.size], [true, true, 2]);
  await assert.rejects(
    set.follow(
      told(() => {
        throw new Error("broken");
      }),
    ),
  );
  assert.deepEqual([set.check("b"), set.check("a")], [true, false]);
});

test("revocations - one that is added while a list is read is not lost when the list is complete", async () => {
  const set = new RevocationSet();
  await set.follow(told(revoked("a"), () => set.add("mine"), SYNCED));
  assert.equal(set.check("mine"), true);
});
