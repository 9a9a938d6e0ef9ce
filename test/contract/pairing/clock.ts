import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { MOMENT, pairingToken } from "../../doubles/pairing-records.ts";
import { claimed, claiming, LEASE, type Records } from "./subject.ts";

export function clockContract(name: string, records: Records): void {
  const FIVE_MINUTES = 300_000;

  test(`${name} pairing - a clock that goes back by less than its length stretches a token, by more ends it`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    const at = (now: number) => records().claimToken(token.hash, { ...claiming, now });
    equal(await at(MOMENT - FIVE_MINUTES), undefined);
    equal(await at(MOMENT - 365 * 24 * 3_600_000), undefined);
    ok(await at(MOMENT - FIVE_MINUTES + 1));
  });

  test(`${name} pairing - a clock that goes back holds no claim for longer than twice its lease`, async () => {
    const token = pairingToken();
    await records().addToken(token);
    await claimed(records(), token.hash);
    const at = (now: number) => records().claimToken(token.hash, { ...claiming, now });
    equal(await at(MOMENT - LEASE + 1), undefined, "a replica whose clock is a little behind takes nothing");
    ok(await at(MOMENT - LEASE), "the claim ended");
  });

  test(`${name} pairing - what a clock that went back ended is purged`, async () => {
    const start = MOMENT + 2000 * 24 * 3_600_000;
    await records().purgeTokens(start - 24 * 3_600_000);
    const token = pairingToken({
      createdAt: start,
      expiresAt: start + FIVE_MINUTES,
      chainEndsAt: start + 3 * FIVE_MINUTES,
    });
    await records().addToken(token);
    equal(await records().purgeTokens(start - FIVE_MINUTES + 1), 0);
    equal(await records().purgeTokens(start - FIVE_MINUTES), 1);
    equal(await records().claimToken(token.hash, { ...claiming, now: start }), undefined);
  });
}
