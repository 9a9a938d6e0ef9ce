import { test } from "node:test";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { anyHash, MOMENT, pairingToken } from "../../doubles/pairing-records.ts";
import { failureOf } from "../store/subject.ts";
import { claimed, claiming, LEASE, type Records } from "./subject.ts";

export function claimingContract(name: string, records: Records): void {
  test(`${name} pairing - a claim gives the token as it was added`, async () => {
    const plain = pairingToken();
    const full = pairingToken({ purpose: "runtime", application: "", tenant: "t", group: "g" });
    await records().addToken(plain);
    await records().addToken(full);
    deepEqual((await claimed(records(), plain.hash)).token, plain);
    const claim = await records().claimToken(full.hash, { ...claiming, purpose: "runtime" });
    deepEqual(claim?.token, full);
  });

  test(`${name} pairing - of many who claim a token at once exactly one gets it`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const claims = await Promise.all(
      Array.from({ length: 200 }, () => records().claimToken(token.hash, claiming)),
    );
    equal(claims.filter((claim) => claim).length, 1);
    equal(await records().claimToken(token.hash, claiming), undefined);
  });

  test(`${name} pairing - a token that is unknown, of the other purpose or no hash is not there`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const tries = [
      [anyHash(), claiming],
      [token.hash, { ...claiming, purpose: "runtime" }],
      [token.hash.toUpperCase(), claiming],
      [`${token.hash}00`, claiming],
      [token.hash.slice(0, -1), claiming],
      ["", claiming],
    ] as const;
    for (const [hash, options] of tries) equal(await records().claimToken(hash, options), undefined, hash);
    ok(await records().claimToken(token.hash, claiming), "trying took nothing");
  });

  test(`${name} pairing - a released token can be claimed again at once, many times`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const ids = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const claim = await claimed(records(), token.hash);
      ids.add(claim.id);
      await records().releaseToken(claim);
    }
    equal(ids.size, 3);
  });

  test(`${name} pairing - a claim that lapsed can be taken by another, and its release changes nothing`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const first = await claimed(records(), token.hash);
    const at = (now: number) => records().claimToken(token.hash, { ...claiming, now });
    equal(await at(MOMENT + LEASE - 1), undefined);
    const second = await at(MOMENT + LEASE);
    ok(second);
    notEqual(second.id, first.id);
    await records().releaseToken(first);
    equal(await at(MOMENT + LEASE + 1), undefined);
  });

  test(`${name} pairing - a token is there until its end, or that of its chain`, async () => {
    const short = pairingToken({ expiresAt: MOMENT + 1000 });
    const chained = pairingToken({ chainEndsAt: MOMENT + 1000 });
    for (const token of [short, chained]) {
      await records().addToken(token);
      equal(await records().claimToken(token.hash, { ...claiming, now: MOMENT + 1000 }), undefined);
      await claimed(records(), token.hash, MOMENT + 999);
    }
  });

  test(`${name} pairing - a token is added once, and what is no hash never`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const failure = await failureOf(records().addToken({ ...token, application: "other" }), "STORE_CONFLICT");
    equal(failure.message.includes(token.hash), false, "nobody learns a whole hash from a message");
    equal((await claimed(records(), token.hash)).token.application, "shop");
    await failureOf(records().addToken(pairingToken({ hash: "abc" })), "STORE_UNAVAILABLE");
  });
}
