import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { IdentityDirectory } from "../../../../src/cli/pairing/identity-directory.ts";
import { renewIdentity } from "../../../../src/cli/pairing/renew-identity.ts";
import { P256 } from "../../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../../doubles/client-authorities.ts";
import { commandLine, type CommandLineResult } from "../../../doubles/command-line.ts";
import { PairingServer, type Behaviour } from "../../../doubles/pairing-server.ts";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

let server: PairingServer;
let scratch: TemporaryDirectory;
let out: string;
let count = 0;

before(async () => {
  server = await PairingServer.start();
  scratch = new TemporaryDirectory();
});
beforeEach(async () => {
  out = join(scratch.path, `identity-${count++}`);
  succeeded(await commandLine(["connect", server.link(), "--out", out]));
  server.requests.length = 0;
});
after(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

function succeeded(result: CommandLineResult): CommandLineResult {
  assert.equal(result.code, 0, result.stderr);
  return result;
}

const read = (name: string): string => readFileSync(join(out, name), "utf8");
const leaf = (): X509Certificate => new X509Certificate(read("client.crt"));
const renew = (...more: readonly string[]) => commandLine(["cert", "renew", out, ...more]);
const revoke = (...more: readonly string[]) => commandLine(["cert", "revoke", out, ...more]);

test("cert renew - a new key of the same kind, a new certificate, the same place", async () => {
  const [old, key] = [leaf(), read("client.key")];
  const { stdout } = succeeded(await renew());
  assert.notEqual(leaf().serialNumber, old.serialNumber);
  assert.notEqual(read("client.key"), key);
  assert.equal(leaf().publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(stdout.split(":")[0], "renewed shop");
  assert.match(stdout, new RegExp(`serial ${leaf().serialNumber}\n$`));
  // Asked and renewed under the old certificate, then tried with the new.
  assert.deepEqual(server.steps(), ["management", "renewals", "management"]);
  const { hash } = JSON.parse(read("connection.json")) as { hash: string };
  assert.equal(hash, createHash("sha256").update(leaf().raw).digest("hex"));
});

test("cert renew - the kind of the new key can be chosen", async () => {
  succeeded(await renew("--key", "rsa3072"));
  assert.equal(leaf().publicKey.asymmetricKeyDetails?.modulusLength, 3072);
});

test("cert renew - whatever goes wrong, the old identity stays and works", async () => {
  const cases: readonly (readonly ["management" | "renewals", readonly Behaviour[], RegExp])[] = [
    ["management", ["reset"], /closed the connection/],
    ["management", ["hang"], /does not answer in time/],
    ["management", ["garbage"], /no pairing information/],
    ["management", [(right) => ({ ...right, urls: {} })], /did not tell renewCertUrl/],
    ["renewals", ["reset"], /closed the connection/],
    ["renewals", [{ status: 500, error: "Failed to read revocation list." }], /revocation list/],
    ["renewals", [() => ({ clientCrt: "" })], /no certificate in it/],
    // The new pair does not work: it must not take the place of one that does.
    ["management", ["answer", { status: 403, error: "no" }], /answered 403 .*: no/],
  ];
  const kept = [read("client.key"), read("client.crt"), read("connection.json")];
  for (const [step, behaviours, text] of cases) {
    server.behave(step, ...behaviours);
    const { code, stderr } = await renew("--request-timeout", "2s");
    assert.equal(code, 1);
    assert.match(stderr, text);
    assert.deepEqual([read("client.key"), read("client.crt"), read("connection.json")], kept);
  }
  succeeded(await renew());
});

test("cert renew - without an identity, or with a damaged one, it says what to do", async () => {
  const none = await commandLine(["cert", "renew", join(scratch.path, "none")]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /there is no identity in .*none: make one with `appconn connect/);
  for (const [name, text] of [
    ["connection.json", "{"],
    ["connection.json", '{"serverTrust":"anybody"}'],
    ["client.crt", "?"],
  ] as const) {
    const whole = read(name);
    writeFileSync(join(out, name), text);
    const { code, stderr } = await renew();
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`${name} is damaged`));
    writeFileSync(join(out, name), whole);
  }
  assert.deepEqual(server.requests, []);
});

test("cert renew - a certificate that has expired is neither taken nor sent", async () => {
  server.days = -1;
  const { code, stderr } = await renew();
  server.days = 90;
  assert.equal(code, 1);
  assert.match(stderr, /its certificate has expired already: is the clock of this machine right\?/);
  server.requests.length = 0;
  const order = { directory: new IdentityDirectory(out), now: leaf().validToDate.getTime() };
  await assert.rejects(
    renewIdentity(order, { timeout: 20_000, userAgent: "test" }),
    /expired on .*: pair again with a new link and `appconn connect '<link>' --out .* --force`/,
  );
  assert.deepEqual(server.requests, []);
});

test("cert renew - a server whose authority is another one now is sent nothing", async () => {
  const connection = read("connection.json");
  const other = makeAuthority({ key: P256, subject: "/CN=Test server CA" });
  writeFileSync(join(out, "server-ca.crt"), other.certificate);
  const { code, stderr } = await renew();
  assert.equal(code, 1);
  assert.match(stderr, /is not trusted/);
  assert.deepEqual(server.requests, []);
  assert.equal(read("connection.json"), connection);
});

test("cert revoke - the identity revokes itself, also twice, and is not renewed after", async () => {
  const { hash } = JSON.parse(read("connection.json")) as { hash: string };
  const { stdout } = succeeded(await revoke());
  assert.equal(stdout, `revoked shop: ${hash}\n`);
  assert.deepEqual([...server.revoked].slice(-1), [hash]);
  succeeded(await revoke());
  server.requests.length = 0;
  const { code, stderr } = await renew();
  assert.equal(code, 1);
  assert.match(stderr, /was revoked on .*connect '<link>'.*--force/);
  assert.deepEqual(server.requests, []);
});

test("cert revoke - works before a call has told where to, too", async () => {
  const elsewhere = join(scratch.path, `identity-${count++}`);
  server.behave("management", "reset");
  assert.equal((await commandLine(["connect", server.link(), "--out", elsewhere])).code, 1);
  succeeded(await commandLine(["cert", "revoke", elsewhere]));
  succeeded(await commandLine(["cert", "revoke", elsewhere]));
});

test("cert revoke - a person at a terminal is asked, and nothing but a yes counts", async () => {
  for (const input of ["n\n", "\n", "", "yesterday\n"]) {
    const { code, stderr } = await commandLine(["cert", "revoke", out], { isTTY: true, input });
    assert.equal(code, 1);
    assert.match(stderr, /Revoke the identity of shop in .* for ever\? \[y\/N\] /);
    assert.match(stderr, /nothing was revoked/);
  }
  assert.deepEqual(server.requests, []);
  succeeded(await commandLine(["cert", "revoke", out, "--yes"], { isTTY: true }));
  succeeded(await commandLine(["cert", "revoke", out], { isTTY: true, input: "y\n" }));
  assert.deepEqual(server.steps(), ["revocations", "revocations"]);
});

test("cert revoke - either a directory or a hash", async () => {
  assert.equal((await commandLine(["cert", "revoke"])).code, 2);
  assert.equal((await revoke("--hash", "00".repeat(32))).code, 2);
  const { code, stderr } = await commandLine(["cert", "revoke", "--hash", "xyz"]);
  assert.equal(code, 2);
  assert.match(stderr, /a hash has 64 hex digits/);
});
