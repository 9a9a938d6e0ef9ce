import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { anyHash, issuedCertificate, MOMENT } from "../../doubles/pairing-records.ts";
import { failureOf } from "../store/subject.ts";
import { hashIn, RevocationReader, type Records } from "./subject.ts";

export function revokingContract(name: string, records: Records): void {
  /** What the watch says of a hash in its initial list. */
  const listed = async (hash: string) => {
    await using watch = new RevocationReader(records());
    return (await watch.untilSynced()).filter((change) => hashIn(change) === hash);
  };

  test(`${name} pairing - a revocation stands in the record, and the first time of it counts`, async () => {
    const issued = issuedCertificate();
    await records().recordCertificate(issued);
    const { hash, notAfter } = issued;
    equal(await records().revoke({ hash, revokedAt: MOMENT + 5, notAfter: undefined }), true);
    equal(await records().revoke({ hash, revokedAt: MOMENT + 9, notAfter: undefined }), false);
    deepEqual(await records().certificate(hash), { ...issued, revokedAt: MOMENT + 5 });
    deepEqual(await listed(hash), [
      { type: "revoked", revocation: { hash, revokedAt: MOMENT + 5, notAfter } },
    ]);
  });

  test(`${name} pairing - of many who revoke the same at once one is the first`, async () => {
    const hash = anyHash();
    const revocation = { hash, revokedAt: MOMENT, notAfter: undefined };
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => records().revoke(revocation)));
    equal(outcomes.filter((first) => first).length, 1);
    equal((await listed(hash)).length, 1);
  });

  test(`${name} pairing - what was never issued here can be revoked, and its end may become known later`, async () => {
    const hash = anyHash();
    equal(await records().revoke({ hash, revokedAt: MOMENT, notAfter: undefined }), true);
    equal(await records().revoke({ hash, revokedAt: MOMENT + 1, notAfter: MOMENT + 1000 }), false);
    equal(await records().certificate(hash), undefined);
    deepEqual(await listed(hash), [
      { type: "revoked", revocation: { hash, revokedAt: MOMENT, notAfter: MOMENT + 1000 } },
    ]);
  });

  test(`${name} pairing - a certificate that is recorded after its revocation is revoked`, async () => {
    const issued = issuedCertificate();
    const { hash, notAfter } = issued;
    await records().revoke({ hash, revokedAt: MOMENT, notAfter: undefined });
    await records().recordCertificate(issued);
    deepEqual(await records().certificate(hash), { ...issued, revokedAt: MOMENT });
    const expected = [{ type: "revoked", revocation: { hash, revokedAt: MOMENT, notAfter } }];
    deepEqual(await listed(hash), expected);
  });

  test(`${name} pairing - a certificate that is recorded as revoked is in the list`, async () => {
    const issued = issuedCertificate({ revokedAt: MOMENT + 3 });
    const { hash, notAfter } = issued;
    await records().recordCertificate(issued);
    deepEqual(await records().certificate(hash), issued);
    deepEqual(await listed(hash), [
      { type: "revoked", revocation: { hash, revokedAt: MOMENT + 3, notAfter } },
    ]);
    equal(await records().revoke({ hash, revokedAt: MOMENT + 4, notAfter }), false);
  });

  test(`${name} pairing - what is no hash is not revoked`, async () => {
    for (const hash of ["", "abc", anyHash().toUpperCase(), `${anyHash()}0`, `${anyHash().slice(1)}g`]) {
      const revocation = { hash, revokedAt: MOMENT, notAfter: undefined };
      await failureOf(records().revoke(revocation), "STORE_UNAVAILABLE");
    }
  });
}
