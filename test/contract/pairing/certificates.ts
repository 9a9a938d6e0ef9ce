import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { CertificateFilter, IssuedCertificate } from "../../../src/stores/pairing-records.ts";
import { anyHash, issuedCertificate, MOMENT } from "../../doubles/pairing-records.ts";
import { failureOf } from "../store/subject.ts";
import type { Records } from "./subject.ts";

const DAY = 24 * 3_600_000;

export function certificatesContract(name: string, records: Records): void {
  const unique = () => `app-${randomUUID().slice(0, 8)}`;
  const record = async (extra: Partial<IssuedCertificate> = {}) => {
    const issued = issuedCertificate(extra);
    await records().recordCertificate(issued);
    return issued;
  };
  const all = async (filter: CertificateFilter) => (await records().certificates(filter)).items;

  test(`${name} pairing - a recorded certificate is found by its hash, as it was recorded`, async () => {
    const first = await record();
    const renewed = await record({ renewedFrom: first.hash, requestedFrom: undefined, purpose: "runtime" });
    deepEqual(await records().certificate(first.hash), first);
    deepEqual(await records().certificate(renewed.hash), renewed);
    for (const hash of [anyHash(), "", first.hash.toUpperCase(), `${first.hash}0`]) {
      equal(await records().certificate(hash), undefined);
    }
  });

  test(`${name} pairing - a certificate is recorded once`, async () => {
    const issued = await record();
    await failureOf(records().recordCertificate({ ...issued, subject: "other" }), "STORE_CONFLICT");
    deepEqual(await records().certificate(issued.hash), issued);
  });

  test(`${name} pairing - a record keeps its own fields alone, whatever the caller's object holds`, async () => {
    const issued = issuedCertificate();
    const more = { ...issued, sign: () => "a function crosses no thread" };
    await records().recordCertificate(more);
    deepEqual(await records().certificate(issued.hash), issued);
  });

  test(`${name} pairing - a list begins with what ends first, page by page without a gap`, async () => {
    const application = unique();
    const days = [5, 1, 4, 1, 3, 1, 2];
    for (const day of days) await record({ application, notAfter: MOMENT + day * DAY });
    const expected = await all({ application });
    deepEqual(
      expected.map(({ notAfter }) => (notAfter - MOMENT) / DAY),
      days.toSorted((a, b) => a - b),
    );
    for (const limit of [1, 2, 3, 6, 7, 8]) {
      const pages: (readonly IssuedCertificate[])[] = [];
      let token: string | undefined;
      do {
        const page = await records().certificates(
          { application },
          token === undefined ? { limit } : { limit, continue: token },
        );
        pages.push(page.items);
        token = page.continue;
      } while (token !== undefined);
      deepEqual(pages.flat(), expected);
      equal(pages.length, Math.ceil(days.length / limit));
      ok(pages.slice(0, -1).every((page) => page.length === limit));
    }
  });

  test(`${name} pairing - a list is complete however long it is`, async () => {
    const application = unique();
    const notAfter = MOMENT + DAY;
    await Promise.all(
      Array.from({ length: 1234 }, (_, index) => record({ application, notAfter: notAfter + (index % 7) })),
    );
    const items = await all({ application });
    equal(new Set(items.map(({ hash }) => hash)).size, 1234);
    const { items: first, continue: token } = await records().certificates({ application }, { limit: 1000 });
    ok(token);
    const rest = await records().certificates({ application }, { continue: token });
    deepEqual([...first, ...rest.items], items);
  });

  test(`${name} pairing - all conditions of a list hold together`, async () => {
    const [mine, yours] = [unique(), unique()];
    const [old, current] = [anyHash(), anyHash()];
    const early = await record({ application: mine, issuer: old, notAfter: MOMENT + DAY });
    const late = await record({ application: mine, issuer: current, notAfter: MOMENT + 9 * DAY });
    const other = await record({ application: yours, issuer: old, notAfter: MOMENT + 2 * DAY });
    const gone = await record({ application: mine, issuer: old, notAfter: MOMENT + 3 * DAY });
    await records().revoke({ hash: gone.hash, revokedAt: MOMENT + 1, notAfter: gone.notAfter });
    const revoked = { ...gone, revokedAt: MOMENT + 1 };
    const cases: (readonly [CertificateFilter, readonly IssuedCertificate[]])[] = [
      [{ application: mine }, [early, late]],
      [{ application: mine, includeRevoked: true }, [early, revoked, late]],
      [{ issuer: old }, [early, other]],
      [{ issuer: old, includeRevoked: true }, [early, other, revoked]],
      [{ issuer: old, application: mine }, [early]],
      [{ issuer: current, application: yours }, []],
      [{ application: mine, expiresBefore: late.notAfter }, [early]],
      [{ application: mine, expiresBefore: late.notAfter + 1 }, [early, late]],
      [{ application: mine, expiresAfter: early.notAfter }, [early, late]],
      [{ application: mine, expiresAfter: early.notAfter + 1 }, [late]],
      [{ issuer: old, expiresAfter: early.notAfter + 1, expiresBefore: MOMENT + 4 * DAY }, [other]],
      [{ issuer: "nonsense" }, []],
      [{ application: "" }, []],
    ];
    for (const [filter, expected] of cases) deepEqual(await all(filter), expected, JSON.stringify(filter));
    const everything = await all({ expiresBefore: MOMENT + 2 * DAY + 1, includeRevoked: true });
    for (const { hash } of [early, other]) ok(everything.some((item) => item.hash === hash));
  });

  test(`${name} pairing - a continue token that no page gave is refused`, async () => {
    const texts = ["x", "", "{}", '{"end":1}', '{"end":"1","row":2}', '{"end":1.5,"row":2}', "[1,2]"];
    for (const text of texts) {
      const token = Buffer.from(text).toString("base64url") || "=";
      await failureOf(records().certificates({}, { continue: token }), "STORE_BAD_CONTINUE");
    }
  });
}
