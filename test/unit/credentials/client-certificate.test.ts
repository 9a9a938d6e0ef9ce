import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createSecureContext } from "node:tls";
import { inspect } from "node:util";
import { prepareCertificate } from "../../../src/credentials/client-certificate.ts";
import { TestAuthority } from "../../doubles/certificates.ts";

const authority = await TestAuthority.create();
const client = await authority.client("client-7");

function prepare(crt: string, key: string) {
  return prepareCertificate(Buffer.from(crt), Buffer.from(key));
}

function prepared(crt: string, key: string) {
  const certificate = prepare(crt, key);
  assert.ok(typeof certificate === "object");
  // Usable as it is: OpenSSL takes it.
  createSecureContext({ cert: certificate.crt, key: certificate.key });
  return certificate;
}

/** A self-signed certificate made by the openssl command line for a key in PEM form. */
async function selfSigned(key: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "appconn-certificate-"));
  try {
    const file = join(folder, "key.pem");
    await writeFile(file, key, { mode: 0o600 });
    const options = ["req", "-x509", "-new", "-key", file, "-subj", "/CN=x", "-days", "2"];
    return execFileSync("openssl", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("client certificate - a certificate and its key are taken", () => {
  const { crt, key } = prepared(client.crt, client.key);
  assert.equal(crt.match(/BEGIN CERTIFICATE/g)?.length, 1);
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
});

test("client certificate - a chain stays a chain, text and other blocks around it are left out", () => {
  const text = `Bag Attributes\n  friendlyName: client-7\nsubject=CN = client-7\n${client.crt}between\n${authority.crt}after\n`;
  const { crt } = prepared(text, `leading text\n${client.key}`);
  assert.equal(crt.match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.doesNotMatch(crt, /Bag Attributes|between|after/);
  const together = prepared(`${client.key}${client.crt}`, client.key);
  assert.doesNotMatch(together.crt, /PRIVATE KEY/);
});

test("client certificate - Windows line ends are taken", () => {
  prepared(client.crt.replaceAll("\n", "\r\n"), client.key.replaceAll("\n", "\r\n"));
});

test("client certificate - keys in PKCS#1, PKCS#8 and SEC 1 form are taken", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const forms = [
    [rsa, "pkcs1", "BEGIN RSA PRIVATE KEY"],
    [rsa, "pkcs8", "BEGIN PRIVATE KEY"],
    [ec, "sec1", "BEGIN EC PRIVATE KEY"],
    [generateKeyPairSync("ed25519").privateKey, "pkcs8", "BEGIN PRIVATE KEY"],
  ] as const;
  for (const [key, type, label] of forms) {
    const pem = key.export({ type, format: "pem" });
    assert.ok(pem.includes(label));
    // eslint-disable-next-line no-await-in-loop
    prepared(await selfSigned(pem), pem);
  }
});

test("client certificate - a key with EC PARAMETERS in front, as openssl writes it, is taken", async () => {
  const pem = execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey"], { encoding: "utf8" });
  assert.match(pem, /BEGIN EC PARAMETERS/);
  prepared(await selfSigned(pem), pem);
});

const legacy = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs1",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "hush",
});
test("client certificate - a key that TLS would refuse is refused at once", async () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const pem = weak.export({ type: "pkcs8", format: "pem" });
  assert.equal(
    prepare(await selfSigned(pem), pem),
    "TLS does not take the certificate (ERR_SSL_EE_KEY_TOO_SMALL)",
  );
});

const other = await authority.client("other");
const encrypted = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "hush",
});
const broken = client.crt.replace(/\n[A-Za-z0-9+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA");

for (const [name, crt, key, reason] of [
  ["nothing at all", "", "", "no certificate in PEM form in 'crt'"],
  ["no certificate", "hush", client.key, "no certificate in PEM form in 'crt'"],
  ["a key in place of the certificate", client.key, client.key, "no certificate in PEM form in 'crt'"],
  ["a damaged certificate", broken, client.key, "a certificate in 'crt' cannot be read"],
  [
    "a damaged certificate in the chain",
    client.crt + broken,
    client.key,
    "a certificate in 'crt' cannot be read",
  ],
  ["no key", client.crt, "", "no private key in PEM form in 'key'"],
  ["a certificate in place of the key", client.crt, client.crt, "no private key in PEM form in 'key'"],
  ["an encrypted key", client.crt, encrypted, "the private key in 'key' is encrypted"],
  ["a key encrypted the old way", client.crt, legacy, "the private key in 'key' is encrypted"],
  [
    "a damaged key",
    client.crt,
    "-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n",
    "the private key in 'key' cannot be read",
  ],
  ["another's key", client.crt, other.key, "the private key does not belong to the certificate"],
  [
    "the chain in the wrong order",
    authority.crt + client.crt,
    client.key,
    "the private key does not belong to the certificate",
  ],
] as const) {
  test(`client certificate - ${name} is refused, and the reason quotes nothing`, () => {
    assert.equal(prepare(crt, key), reason);
  });
}

test("client certificate - inspecting or serialising it does not show the key", () => {
  const certificate = prepared(client.crt, client.key);
  const shown = inspect(certificate, { depth: 10, showHidden: true }) + JSON.stringify(certificate);
  assert.doesNotMatch(shown, /BEGIN|MII/);
});

test("client certificate - thousands of APIs with one Secret have it looked at once, and another key is looked at", () => {
  const [crt, key, otherKey] = [Buffer.from(client.crt), Buffer.from(client.key), Buffer.from(other.key)];
  const first = prepareCertificate(crt, key);
  assert.notEqual(typeof first, "string");
  assert.equal(prepareCertificate(crt, key), first);
  assert.equal(typeof prepareCertificate(crt, otherKey), "string");
  assert.notEqual(prepareCertificate(Buffer.from(client.crt), key), first);
});
