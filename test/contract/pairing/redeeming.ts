import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { issuedCertificate, MOMENT, pairingToken } from "../../doubles/pairing-records.ts";
import { failureOf } from "../store/subject.ts";
import { claimed, claiming, LEASE, type Records } from "./subject.ts";

export function redeemingContract(name: string, records: Records): void {
  const added = async () => {
    const token = pairingToken();
    await records().addToken(token);
    return token;
  };

  test(`${name} pairing - a token stays claimed when the next one is there, until it is consumed`, async () => {
    const first = await added();
    const next = pairingToken({ createdAt: MOMENT + 1 });
    const claim = await claimed(records(), first.hash);
    await records().addNextToken(claim, next);
    deepEqual((await claimed(records(), next.hash)).token, next);
    equal(await records().claimToken(first.hash, claiming), undefined);
    await records().consumeToken(claim);
    equal(await records().claimToken(first.hash, { ...claiming, now: MOMENT + LEASE }), undefined);
    await failureOf(records().consumeToken(claim), "STORE_CONFLICT");
  });

  test(`${name} pairing - a token for which another was added is free again when it is released, or its lease is over`, async () => {
    const [released, left] = [await added(), await added()];
    const claim = await claimed(records(), released.hash);
    await records().addNextToken(claim, pairingToken());
    await records().releaseToken(claim);
    await claimed(records(), released.hash);
    const lost = await claimed(records(), left.hash);
    await records().addNextToken(lost, pairingToken());
    await claimed(records(), left.hash, MOMENT + LEASE);
    await failureOf(records().consumeToken(lost), "STORE_CONFLICT");
  });

  test(`${name} pairing - no next token makes a chain longer`, async () => {
    const first = await added();
    const later = { expiresAt: MOMENT + 3_600_000, chainEndsAt: MOMENT + 3_600_000 };
    const next = pairingToken(later);
    await records().addNextToken(await claimed(records(), first.hash), next);
    const end = first.chainEndsAt;
    equal(await records().claimToken(next.hash, { ...claiming, now: end }), undefined);
    const claim = await claimed(records(), next.hash, end - 1);
    equal(claim.token.chainEndsAt, end);
    const shorter = pairingToken({ chainEndsAt: MOMENT + 60_000 });
    await records().addNextToken(claim, shorter);
    equal((await claimed(records(), shorter.hash)).token.chainEndsAt, MOMENT + 60_000);
  });

  test(`${name} pairing - a redeemed token is gone, and its certificate is recorded`, async () => {
    const token = await added();
    const issued = issuedCertificate({ tenant: "t", group: "g" });
    await records().redeemToken(await claimed(records(), token.hash), issued);
    deepEqual(await records().certificate(issued.hash), issued);
    equal(await records().claimToken(token.hash, { ...claiming, now: MOMENT + LEASE }), undefined);
  });

  test(`${name} pairing - of two claims, one after the other's lease, the later counts`, async () => {
    const token = await added();
    const first = await claimed(records(), token.hash);
    const second = await claimed(records(), token.hash, MOMENT + LEASE);
    const [lost, kept] = [issuedCertificate(), issuedCertificate()];
    const next = pairingToken();
    await failureOf(records().redeemToken(first, lost), "STORE_CONFLICT");
    await failureOf(records().addNextToken(first, next), "STORE_CONFLICT");
    equal(await records().certificate(lost.hash), undefined);
    equal(await records().claimToken(next.hash, claiming), undefined);
    await records().redeemToken(second, kept);
    deepEqual(await records().certificate(kept.hash), kept);
  });

  test(`${name} pairing - a claim whose lease is over still counts while nobody took the token`, async () => {
    const token = await added();
    const claim = await claimed(records(), token.hash);
    await records().purgeTokens(MOMENT + LEASE);
    const issued = issuedCertificate();
    await records().redeemToken(claim, issued);
    deepEqual(await records().certificate(issued.hash), issued);
  });

  test(`${name} pairing - a claim is good for one use, however many are tried at once`, async () => {
    const token = await added();
    const claim = await claimed(records(), token.hash);
    const tries = Array.from({ length: 50 }, (_, index) => ({
      issued: issuedCertificate(),
      consume: index % 2 === 0,
    }));
    const outcomes = await Promise.allSettled(
      tries.map(({ issued, consume }) =>
        consume ? records().consumeToken(claim) : records().redeemToken(claim, issued),
      ),
    );
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    for (const [index, { issued, consume }] of tries.entries()) {
      const isRecorded = (await records().certificate(issued.hash)) !== undefined;
      equal(isRecorded, index === winner && !consume);
    }
  });

  test(`${name} pairing - where the certificate cannot be recorded the token is not consumed`, async () => {
    const token = await added();
    const claim = await claimed(records(), token.hash);
    const issued = issuedCertificate();
    await records().recordCertificate(issued);
    await failureOf(records().redeemToken(claim, issued), "STORE_CONFLICT");
    await records().releaseToken(claim);
    const taken = await added();
    const again = await claimed(records(), token.hash);
    await failureOf(records().addNextToken(again, taken), "STORE_CONFLICT");
    await records().redeemToken(again, issuedCertificate());
  });

  test(`${name} pairing - purging removes what ended, and leaves what lives or is claimed`, async () => {
    // Far from the time of other tests, whose tokens it purges too.
    const now = MOMENT + 1000 * 24 * 3_600_000;
    await records().purgeTokens(now);
    const at = (start: number) =>
      pairingToken({ createdAt: start, expiresAt: start + 300_000, chainEndsAt: start + 900_000 });
    const [ended, living, used] = [at(now - 300_000), at(now - 299_999), at(now - 300_000)];
    for (const token of [ended, living, used]) await records().addToken(token);
    const claim = await claimed(records(), used.hash, now - 1);
    equal(await records().purgeTokens(now), 1);
    equal(await records().purgeTokens(now), 0);
    await records().redeemToken(claim, issuedCertificate());
    await failureOf(records().redeemToken({ ...claim, token: ended }, issuedCertificate()), "STORE_CONFLICT");
    await claimed(records(), living.hash, now);
    equal(await records().purgeTokens(now + 86_400_000), 1);
  });
}
