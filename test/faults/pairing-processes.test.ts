import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { randomInt } from "node:crypto";
import { systemClock } from "../../src/core/clock.ts";
import type { PairingRecords } from "../../src/stores/pairing-records.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import { certificateOf, issuedCertificate, nextOf, pairingToken } from "../doubles/pairing-records.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const writer = new URL("../doubles/pairing-writer.ts", import.meta.url);
const HOUR = 3_600_000;
const ROUNDS = 12;
/** A moment between two writes may be met late, but is met. */
const MOST_ROUNDS = 100;

interface Said {
  readonly step: "added" | "claimed" | "released" | "prepared" | "exchanged" | "redeemed";
  readonly hash: string;
}

/** What may be left of a token, and what that means: both it and the next one only until it is consumed. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ["added", "added"],
  ["added exchanged", "prepared"],
  ["exchanged", "exchanged"],
  ["redeemed", "redeemed"],
]);

/** The steps that were acknowledged to a process that was killed at some moment, by token. */
async function killedWhilePairing(directory: string): Promise<Map<string, Said["step"][]>> {
  await using child = new LineProcess(writer, [directory]);
  const moment = randomInt(8, 400);
  await eventually(() => ok(child.lines.length > moment, child.errors), { timeout: 60_000, interval: 1 });
  await child.kill();
  const steps = new Map<string, Said["step"][]>();
  // The last line may have been cut off in the middle.
  for (const line of child.lines.filter((whole) => whole.endsWith("}"))) {
    const { step, hash } = JSON.parse(line) as Said;
    steps.set(hash, [...(steps.get(hash) ?? []), step]);
  }
  return steps;
}

/** Whether the token can be used now, without using it up. */
async function usable(records: PairingRecords, hash: string, now: number): Promise<boolean> {
  const claim = await records.claimToken(hash, { now, leaseMilliseconds: HOUR, purpose: "application" });
  if (claim) await records.releaseToken(claim);
  return claim !== undefined;
}

test("pairing processes - kill -9 leaves each token usable once its lease is over, or what came of it recorded", async () => {
  using directory = new TemporaryDirectory();
  const endings = new Map<string, number>();
  const met = () => [...endings.keys()].filter((ending) => ending !== "prepared").toSorted();
  for (let round = 0; round < ROUNDS || (met().length < 3 && round < MOST_ROUNDS); round++) {
    const killed = await killedWhilePairing(directory.path);
    await using store = await openSqliteStore({ directory: directory.path, clock: systemClock });
    const now = Date.now();
    for (const [hash, steps] of killed) {
      if (!steps.includes("added")) continue;
      const next = nextOf(hash);
      const exchanged = (await usable(store.pairing, next, now + 2 * HOUR)) ? "exchanged" : undefined;
      const kept = (await usable(store.pairing, hash, now + 2 * HOUR)) ? "added" : undefined;
      const recorded = (await store.pairing.certificate(certificateOf(next))) ? "redeemed" : undefined;
      const found = [kept, exchanged, recorded].filter((state) => state !== undefined);
      const ending = ENDINGS.get(found.join(" "));
      ok(ending, `${steps.join(" ")} left ${found.join(" ") || "nothing"}`);
      const order = ["added", "prepared", "exchanged", "redeemed"];
      const acknowledged = order.findLast((step) => steps.includes(step as Said["step"]));
      ok(order.indexOf(ending) >= order.indexOf(acknowledged ?? ""), "what was acknowledged stays");
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
    }
  }
  deepEqual(met(), ["added", "exchanged", "redeemed"], "all moments were met");
});

test("pairing processes - a claim outlives the process that took it, until its lease is over", async () => {
  using directory = new TemporaryDirectory();
  const open = () => openSqliteStore({ directory: directory.path, clock: systemClock });
  const createdAt = Date.now();
  const ends = { expiresAt: createdAt + 24 * HOUR, chainEndsAt: createdAt + 24 * HOUR };
  const token = pairingToken({ createdAt, ...ends });
  const claiming = { now: createdAt, leaseMilliseconds: HOUR, purpose: "application" } as const;
  const first = await open();
  await first.pairing.addToken(token);
  const claim = await first.pairing.claimToken(token.hash, claiming);
  ok(claim);
  await first.close();
  const second = await open();
  equal(await usable(second.pairing, token.hash, createdAt + HOUR - 1), false);
  equal(await usable(second.pairing, token.hash, createdAt + HOUR), true);
  await second.close();
  await using third = await open();
  await rejects(third.pairing.redeemToken(claim, issuedCertificate()), { code: "STORE_CONFLICT" });
});

test("pairing processes - closing answers what waits, and everything later, with STORE_CLOSED", async () => {
  using directory = new TemporaryDirectory();
  const store = await openSqliteStore({ directory: directory.path, clock: systemClock });
  const changes = store.pairing.watchRevocations({})[Symbol.asyncIterator]();
  deepEqual(await changes.next(), { done: false, value: { type: "synced" } });
  const waiting = rejects(changes.next(), { code: "STORE_CLOSED" });
  await store.close();
  await waiting;
  await rejects(store.pairing.purgeTokens(0), { code: "STORE_CLOSED" });
  await rejects(store.pairing.certificates({}), { code: "STORE_CLOSED" });
});
