import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { KEPT_AFTER_END } from "../../../src/stores/pairing-records.ts";
import { anyHash, issuedCertificate, MOMENT } from "../../doubles/pairing-records.ts";
import { hashIn, RevocationReader, type Records } from "./subject.ts";

// Before the time of other tests, whose records then outlive these.
const END = MOMENT - 100 * 24 * 3_600_000;

export function droppingContract(name: string, records: Records): void {
  const revoke = async (notAfter: number | undefined, hash = anyHash()) => {
    await records().revoke({ hash, revokedAt: END - 1, notAfter });
    return hash;
  };

  test(`${name} pairing - records and revocations are kept for 30 days after the certificate's end`, async () => {
    const old = issuedCertificate({ notAfter: END });
    const young = issuedCertificate({ notAfter: END + 1 });
    await records().recordCertificate(old);
    await records().recordCertificate(young);
    await using watch = new RevocationReader(records());
    const gone = await revoke(END);
    const both = await revoke(undefined, old.hash);
    const kept = [await revoke(END + 1), await revoke(undefined)];
    await watch.untilSynced();
    const seen = new Set<string | undefined>();
    equal(await records().dropExpired(END + KEPT_AFTER_END), 0);
    equal(await records().dropExpired(END + KEPT_AFTER_END + 1), 3);
    equal(await records().dropExpired(END + KEPT_AFTER_END + 1), 0);
    equal(await records().certificate(old.hash), undefined);
    deepEqual(await records().certificate(young.hash), young);
    while (!(seen.has(gone) && seen.has(both))) {
      const change = await watch.next();
      if (change.type === "expired") seen.add(change.hash);
    }
    equal(seen.size, 2);
    await using later = new RevocationReader(records());
    const list = (await later.untilSynced()).map(hashIn);
    ok(!list.includes(gone) && !list.includes(both), "a new watcher never hears of them");
    for (const hash of kept) ok(list.includes(hash));
  });

  test(`${name} pairing - what was dropped can be revoked again`, async () => {
    await using watch = new RevocationReader(records());
    await watch.untilSynced();
    const hash = await revoke(END - 1000);
    deepEqual(hashIn(await watch.next()), hash);
    await records().dropExpired(END - 1000 + KEPT_AFTER_END + 1);
    deepEqual(await watch.next(), { type: "expired", hash });
    const again = { hash, revokedAt: MOMENT, notAfter: undefined };
    equal(await records().revoke(again), true);
    deepEqual(await watch.next(), { type: "revoked", revocation: again });
  });

  test(`${name} pairing - many are dropped as well as few`, async () => {
    const notAfter = END - 5000;
    await Promise.all(
      Array.from({ length: 2500 }, async () => {
        const issued = issuedCertificate({ notAfter, revokedAt: END - 6000 });
        await records().recordCertificate(issued);
      }),
    );
    equal(await records().dropExpired(notAfter + KEPT_AFTER_END + 1), 5000);
  });
}
