import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ServerCertificate } from "../../../src/pki/server-certificate.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const DAY = 86_400_000;

function setUp(context: TestContext) {
  const directory = join(mkdtempSync(join(tmpdir(), "appconn-pki-")), "pki");
  context.after(() => rmSync(join(directory, ".."), { recursive: true }));
  const clock = new FakeClock(Date.parse("2026-11-21T10:00:00Z"));
  const problems: unknown[] = [];
  const renewalFailed = (error: unknown) => void problems.push(error);
  const open = (names: readonly string[] = ["build-7.example.com"]) =>
    ServerCertificate.open({ directory, names, clock, renewalFailed });
  return { clock, open, problems, file: (name: string) => join(directory, name) };
}

const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });

test("server certificate - openssl verifies it for every name against the authority made at first start", async (t) => {
  const { open, file } = setUp(t);
  using _ = await open(["build-7.example.com", "10.1.2.3", "not a host name", "_x"]);
  const verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", file("server-ca.crt")];
  // The moved clock may be away from the machine's.
  const at = ["-attime", String(Date.parse("2026-11-21T10:00:00Z") / 1000)];
  for (const name of ["localhost", "build-7.example.com"]) {
    assert.match(openssl(...verify, ...at, "-verify_hostname", name, file("server.crt")), /: OK/);
  }
  for (const address of ["127.0.0.1", "::1", "10.1.2.3"]) {
    assert.match(openssl(...verify, ...at, "-verify_ip", address, file("server.crt")), /: OK/);
  }
  assert.throws(() => openssl(...verify, ...at, "-verify_hostname", "other.example.com", file("server.crt")));
});

test("server certificate - the authority is P-256, lasts ten years and may sign leaves only", async (t) => {
  const { open, file } = setUp(t);
  using _ = await open();
  const text = openssl("x509", "-noout", "-text", "-in", file("server-ca.crt"));
  assert.match(text, /ASN1 OID: prime256v1/);
  assert.match(text, /ecdsa-with-SHA256/);
  assert.match(text, /CA:TRUE, pathlen:0/);
  assert.match(text, /Not After : Nov 21 10:00:00 2036 GMT/);
  assert.match(openssl("pkey", "-noout", "-text", "-in", file("server-ca.key")), /prime256v1/);
});

test("server certificate - files are readable by their owner alone", async (t) => {
  const { open, file } = setUp(t);
  using _ = await open();
  for (const name of ["server-ca.key", "server-ca.crt", "server.key", "server.crt"]) {
    assert.equal(statSync(file(name)).mode & 0o777, 0o600, name);
  }
  assert.equal(statSync(file(".")).mode & 0o777, 0o700);
});

test("server certificate - a second start keeps authority and certificate", async (t) => {
  const { open } = setUp(t);
  using first = await open();
  using second = await open();
  assert.deepEqual(second.current, first.current);
  assert.equal(second.authority, first.authority);
});

test("server certificate - a new host name gets a new certificate from the same authority", async (t) => {
  const { open } = setUp(t);
  using first = await open();
  using second = await open(["renamed.example.com"]);
  assert.notEqual(second.current.cert, first.current.cert);
  assert.equal(second.authority, first.authority);
  assert.equal(
    new X509Certificate(second.current.cert).checkHost("renamed.example.com"),
    "renamed.example.com",
  );
});

test("server certificate - it is renewed in a running process with a third of its life left", async (t) => {
  const { open, clock } = setUp(t);
  using certificate = await open();
  const before = certificate.current;
  let renewals = 0;
  using _ = certificate.onRenewed(() => renewals++);
  await clock.advance(59 * DAY);
  assert.equal(renewals, 0);
  assert.deepEqual(certificate.current, before);
  await clock.advance(2 * DAY);
  await eventually(() => assert.equal(renewals, 1));
  const { validToDate } = new X509Certificate(certificate.current.cert);
  assert(validToDate.getTime() - clock.now() > 88 * DAY);
});

test("server certificate - a renewal that fails is reported and tried again", async (t) => {
  const { open, clock, problems, file } = setUp(t);
  using certificate = await open();
  rmSync(file("."), { recursive: true });
  await clock.advance(61 * DAY);
  await eventually(() => assert(problems.length >= 1));
  const before = problems.length;
  await eventually(() => assert.equal(clock.timers, 1));
  await clock.advance(DAY);
  await eventually(() => assert(problems.length > before));
  assert.match(certificate.current.cert, /BEGIN CERTIFICATE/);
});

test("server certificate - an authority in its last year is replaced at start", async (t) => {
  const { open, clock } = setUp(t);
  const first = await open();
  first.close();
  await clock.advance(9.5 * 365 * DAY);
  using second = await open();
  assert.notEqual(second.authority, first.authority);
  assert(new X509Certificate(second.current.cert).verify(new X509Certificate(second.authority).publicKey));
});

test("server certificate - a start that was interrupted between key and certificate begins anew", async (t) => {
  const { open, file } = setUp(t);
  (await open()).close();
  rmSync(file("server-ca.crt"));
  rmSync(file("server.crt"));
  using certificate = await open();
  assert(
    new X509Certificate(certificate.current.cert).verify(
      new X509Certificate(certificate.authority).publicKey,
    ),
  );
});

test("server certificate - an authority without its key is refused and left as it is", async (t) => {
  const { open, file } = setUp(t);
  (await open()).close();
  rmSync(file("server-ca.key"));
  const before = readFileSync(file("server-ca.crt"), "utf8");
  await assert.rejects(open(), { code: "PKI_KEY_MISSING" });
  assert.equal(readFileSync(file("server-ca.crt"), "utf8"), before);
  assert(!existsSync(file("server-ca.key")));
});

for (const name of ["server-ca.crt", "server-ca.key", "server.crt", "server.key"]) {
  test(`server certificate - a damaged ${name} is named`, async (t) => {
    const { open, file } = setUp(t);
    (await open()).close();
    writeFileSync(file(name), "-----BEGIN RUBBISH-----\nAAAA\n-----END RUBBISH-----\n");
    await assert.rejects(open(), (error: Error & { code: string }) => {
      assert.equal(error.code, "PKI_UNREADABLE");
      assert(error.message.includes(file(name)));
      return true;
    });
  });
}

test("server certificate - a key of another certificate is refused", async (t) => {
  const { open, file } = setUp(t);
  (await open()).close();
  writeFileSync(file("server-ca.key"), readFileSync(file("server.key")));
  await assert.rejects(open(), { code: "PKI_MISMATCH" });
});

test("server certificate - a key that others can read is refused", async (t) => {
  const { open, file } = setUp(t);
  (await open()).close();
  chmodSync(file("server-ca.key"), 0o644);
  await assert.rejects(open(), { code: "PKI_FILE_EXPOSED" });
});
