import assert from "node:assert/strict";
import { test } from "node:test";
import { authorityBundle } from "../../../src/outbound/authority-bundle.ts";
import { TestAuthority } from "../../doubles/certificates.ts";

const [one, other] = await Promise.all([TestAuthority.create("One"), TestAuthority.create("Other")]);

test("authority bundle - what stands around certificates goes, and each has its dates", async () => {
  const dates = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2027-01-01T00:00:00Z") };
  const dated = await one.certificate({ subject: "CN=root", ...dates });
  const bundle = authorityBundle(`# roots\n${other.crt}\nand\n${dated.crt}`);
  assert.equal(bundle?.pem, `${other.crt.trim()}\n${dated.crt.trim()}\n`);
  assert.deepEqual(bundle.validity[1], { from: dates.notBefore.getTime(), to: dates.notAfter.getTime() });
  assert.equal(bundle.validity.length, 2);
});

test("authority bundle - without a certificate, or with one that is none, there is no bundle", () => {
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  for (const text of ["", "nothing", broken, one.crt + broken])
    assert.equal(authorityBundle(text), undefined);
});

test("authority bundle - one that thousands of APIs have is read once, and few are kept", () => {
  const read = (text: string) => authorityBundle(Buffer.from(text).toString());
  const first = read(one.crt);
  assert.equal(read(one.crt), first);
  assert.notEqual(read(other.crt), first);
  assert.equal(read(one.crt), first);
  for (const number of [1, 2, 3, 4]) read(`${number} ${one.crt}`);
  assert.notEqual(read(one.crt), first);
});
