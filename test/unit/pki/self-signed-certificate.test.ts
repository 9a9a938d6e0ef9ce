import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readCertificateName } from "../../../src/pki/certificate-name.ts";
import { selfSignedCertificate } from "../../../src/pki/self-signed-certificate.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const NOW = Date.UTC(2026, 2, 1, 12, 30, 15);

test("self-signed certificate - it is a client's, of RSA 2048, for 365 days, and nothing else", async () => {
  using directory = new TemporaryDirectory();
  const { certificate, key } = await selfSignedCertificate("shop", NOW);
  const file = join(directory.path, "client.crt");
  writeFileSync(file, certificate);
  const text = openssl("x509", "-in", file, "-noout", "-text");
  assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
  assert.match(text, /Issuer: CN ?= ?shop\n/);
  assert.match(text, /Subject: CN ?= ?shop\n/);
  assert.match(text, /Public-Key: \(2048 bit\)/);
  assert.match(text, /Not Before: Mar  1 12:30:15 2026 GMT\n +Not After : Mar  1 12:30:15 2027 GMT/);
  const extensions = /X509v3 extensions:\n([\s\S]*?) {4}Signature Algorithm/.exec(text)?.[1];
  assert.equal(
    extensions?.replace(/^ +| +$/gm, ""),
    "X509v3 Key Usage: critical\nDigital Signature\nX509v3 Extended Key Usage:\nTLS Web Client Authentication\n",
  );
  assert.match(key, /^-----BEGIN RSA PRIVATE KEY-----\n/);
  const parsed = new X509Certificate(certificate);
  assert.equal(parsed.checkPrivateKey(createPrivateKey(key)), true);
  assert.equal(parsed.verify(parsed.publicKey), true);
});

test("self-signed certificate - no two have the same serial number", async () => {
  const [one, other] = await Promise.all([
    selfSignedCertificate("shop", NOW),
    selfSignedCertificate("shop", NOW),
  ]);
  const serial = (pem: string) => new X509Certificate(pem).serialNumber;
  assert.match(serial(one.certificate), /^01[0-9A-F]{32}$/);
  assert.notEqual(serial(one.certificate), serial(other.certificate));
});

test("self-signed certificate - the common name is text, whatever stands in it", async () => {
  for (const name of ["shop, O=Acme + OU=x", "#0c0161", "Müller 商店 😀", ' "\\<>;', "x".repeat(200)]) {
    // eslint-disable-next-line no-await-in-loop -- keys are made one after the other
    const { certificate } = await selfSignedCertificate(name, NOW);
    assert.deepEqual(readCertificateName(new X509Certificate(certificate)), [[{ type: "CN", value: name }]]);
  }
});
