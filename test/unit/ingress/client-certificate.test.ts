import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { identityFromHeader } from "../../../src/http/forwarded-client-certificate.ts";
import { readClientCertificate } from "../../../src/ingress/client-certificate.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("client certificate - the header says of every name what the certificate says", async () => {
  const authority = await TestAuthority.create();
  const value = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      "a,CN=b",
      'x";Subject="CN=b',
      " a ",
      "a+b",
      "a=b",
      "\\",
      "ä€😀",
      "a\nCN=b",
      "#0c01",
      "a + CN=b",
    ),
  );
  const subject = fc.record({ O: value, CN: value });
  await fc.assert(
    fc.asyncProperty(subject, async ({ O, CN }) => {
      const { crt } = await authority.certificate({
        subject: [{ O: [{ utf8String: O }] }, { CN: [{ utf8String: CN }] }],
      });
      const { identity, forwarded } = readClientCertificate(new X509Certificate(crt));
      assert.equal(identity.subject.commonName, CN);
      assert.equal(identity.subject.organization, O);
      assert.match(forwarded, /^[ -~]*$/);
      const read = identityFromHeader([forwarded]);
      assert.deepEqual(read, { kind: "identity", identity: { ...identity, notAfter: undefined } });
    }),
    { numRuns: 50 },
  );
});

test("client certificate - a name twice, in one level or in two, counts as none", async () => {
  const authority = await TestAuthority.create();
  for (const subject of [[{ CN: ["a"] }, { CN: ["b"] }], [{ CN: ["a", "b"] }]]) {
    // eslint-disable-next-line no-await-in-loop -- few
    const { crt } = await authority.certificate({ subject });
    const { identity } = readClientCertificate(new X509Certificate(crt));
    assert.deepEqual([identity.subject.commonName, identity.subject.duplicated], [undefined, true]);
  }
});

test("client certificate - hash and subject are what openssl computes", () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "x.crt");
  const name = "/C=DE/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop";
  const make = [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "/dev/null",
    "-out",
    file,
    "-subj",
    name,
    "-addext",
    "extendedKeyUsage=clientAuth",
  ];
  execFileSync("openssl", make, { stdio: "ignore" });
  const { hash, forwarded, forClients } = readClientCertificate(new X509Certificate(readFileSync(file)));
  const told = execFileSync("openssl", [
    "x509",
    "-in",
    file,
    "-noout",
    "-fingerprint",
    "-sha256",
    "-subject",
    "-nameopt",
    "RFC2253",
  ]).toString();
  assert.match(told.replaceAll(":", "").toLowerCase(), new RegExp(hash));
  const subject = /^subject=(.*)$/m.exec(told)?.[1] ?? assert.fail(told);
  assert.equal(forwarded, `Hash=${hash};Subject="${subject}";URI=`);
  assert.equal(forClients, true);
});
