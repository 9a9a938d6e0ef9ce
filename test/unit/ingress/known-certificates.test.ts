import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { KnownCertificates } from "../../../src/ingress/known-certificates.ts";
import { TestAuthority } from "../../doubles/certificates.ts";

test("known certificates - the same certificate is one object, another of the same name is not", async () => {
  const authority = await TestAuthority.create();
  const [first, second] = [(await authority.client("shop")).crt, (await authority.client("shop")).crt];
  const known = new KnownCertificates();
  const one = known.of(new X509Certificate(first));
  const other = known.of(new X509Certificate(second));
  assert.equal(known.of(new X509Certificate(first)), one);
  assert.notEqual(other, one);
  assert.equal(other.parsed.fingerprint256, new X509Certificate(second).fingerprint256);
});

test("known certificates - a thousand are remembered, and those that come again before the others", async () => {
  const authority = await TestAuthority.create();
  const parsed = new X509Certificate((await authority.client("shop")).crt);
  // Only the fingerprint tells them apart: a thousand keys would take their time.
  const numbered = (index: number): X509Certificate =>
    new Proxy(parsed, {
      get: (target, name) =>
        name === "fingerprint256" ? String(index) : (Reflect.get(target, name) as unknown),
    });
  const known = new KnownCertificates();
  const first = known.of(numbered(0));
  const second = known.of(numbered(1));
  for (let index = 2; index < 1000; index++) known.of(numbered(index));
  assert.equal(known.of(numbered(0)), first);
  known.of(numbered(1000));
  assert.equal(known.of(numbered(0)), first);
  assert.notEqual(known.of(numbered(1)), second);
});
