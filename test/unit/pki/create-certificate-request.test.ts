import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { readCertificateRequest } from "../../../src/pki/certificate-request.ts";
import {
  createCertificateRequest,
  type SubjectAttribute,
} from "../../../src/pki/create-certificate-request.ts";
import { EXPECTED, makeRequest, P256, RSA } from "../../doubles/certificate-requests.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const subject: readonly SubjectAttribute[] = [
  { type: "O", value: "Organization" },
  { type: "OU", value: "OrgUnit" },
  { type: "L", value: "Waldorf" },
  { type: "ST", value: "Waldorf" },
  { type: "C", value: "DE" },
  { type: "CN", value: "shop" },
];

const curve = (name: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`];

function shown(request: string, ...what: readonly string[]): string {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "request");
  writeFileSync(file, request);
  return openssl("req", "-in", file, "-noout", "-verify", ...what);
}

test("certificate request - openssl verifies the one of every kind of key, and reads the subject", async () => {
  for (const key of [RSA, P256, curve("P-384"), curve("P-521")]) {
    const pem = makeRequest({ key }).key;
    // eslint-disable-next-line no-await-in-loop -- each key has its own
    const request = await createCertificateRequest(createPrivateKey(pem), subject);
    // With a wrong signature openssl ends with an error, which the double throws.
    const text = shown(request, "-subject", "-pubkey", "-nameopt", "RFC2253,show_type,-dn_rev");
    assert.match(
      text,
      /subject=O=UTF8STRING:Organization,OU=UTF8STRING:OrgUnit,L=UTF8STRING:Waldorf,ST=UTF8STRING:Waldorf,C=PRINTABLESTRING:DE,CN=UTF8STRING:shop\n/,
    );
    assert.ok(text.includes(createPublicKey(pem).export({ type: "spki", format: "pem" })));
  }
});

test("certificate request - our own connector accepts it", async () => {
  const { key } = makeRequest();
  const request = await createCertificateRequest(createPrivateKey(key), subject);
  const read = await readCertificateRequest(Buffer.from(request).toString("base64"), EXPECTED);
  assert.equal(read.kind, "request");
  if (read.kind === "request") assert.ok(read.publicKey.equals(createPublicKey(key)));
});

test("certificate request - whatever a value is, it arrives as that text", async () => {
  const key = createPrivateKey(makeRequest().key);
  const values = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(values, fc.constantFrom("#0403", "a,CN=b", "a+b", '"q"', "ä\\")),
      async (name) => {
        const changed = subject.map((one) => (one.type === "O" ? { ...one, value: name } : one));
        const request = await createCertificateRequest(key, changed);
        const fields = { ...EXPECTED.fields, organization: name };
        const read = await readCertificateRequest(Buffer.from(request).toString("base64"), {
          ...EXPECTED,
          fields,
        });
        assert.equal(read.kind, "request", JSON.stringify(read));
      },
    ),
    { numRuns: 50 },
  );
});

test("certificate request - a key that signs none is refused", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  await assert.rejects(createCertificateRequest(privateKey, subject), TypeError);
});
