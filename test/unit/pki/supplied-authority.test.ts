import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ClientAuthority } from "../../../src/pki/client-authority.ts";
import { followSuppliedAuthority } from "../../../src/pki/follow-supplied-authority.ts";
import {
  authorityFromFiles,
  authorityFromSecret,
  type SuppliedAuthority,
} from "../../../src/pki/supplied-authority.ts";
import { EXPECTED, makeRequest, P256, RSA } from "../../doubles/certificate-requests.ts";
import { makeAuthority, type MadeAuthority } from "../../doubles/client-authorities.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const DAY = 86_400_000;
const publicKey = createPublicKey(makeRequest().key);

class Scene extends TemporaryDirectory {
  readonly clock = new FakeClock(Date.now());
  readonly directory = join(this.path, "pki");

  open(supplied?: SuppliedAuthority): Promise<ClientAuthority> {
    return ClientAuthority.open({ directory: this.directory, clock: this.clock, supplied });
  }

  sign(authority: ClientAuthority) {
    const { fields: subject, commonName } = EXPECTED;
    return authority.sign({ publicKey, subject, commonName, validity: 90 * DAY, now: this.clock.now() });
  }

  trusts(bundle: readonly string[], certificate: string): boolean {
    writeFileSync(join(this.path, "bundle"), bundle.join(""));
    writeFileSync(join(this.path, "leaf"), certificate);
    try {
      const files = ["-CAfile", join(this.path, "bundle"), join(this.path, "leaf")];
      openssl("verify", "-partial_chain", "-purpose", "sslclient", ...files);
      return true;
    } catch {
      return false;
    }
  }

  write(name: string, content: string): string {
    writeFileSync(join(this.path, name), content);
    return join(this.path, name);
  }
}

function reshaped(key: string, ...args: string[]): string {
  return execFileSync("openssl", args, { input: key, encoding: "utf8", stdio: "pipe" });
}

const rsa = makeAuthority({ key: RSA });
const root = makeAuthority({ key: P256, subject: "/CN=Root" });
const below = makeAuthority({ key: P256, subject: "/CN=Issuer", signer: root });

test("supplied authority - the Secrets of cert-manager and of the original are read, the root beside them too", () => {
  const given = { "tls.crt": "c", "tls.key": "k", "ca.crt": "r" };
  assert.deepEqual(authorityFromSecret(given), { certificate: "c", key: "k", root: "r" });
  assert.deepEqual(authorityFromSecret({ "ca.crt": "c", "ca.key": "k" }), {
    certificate: "c",
    key: "k",
    root: undefined,
  });
  assert.deepEqual(authorityFromSecret({ "ca.crt": "c", "ca.key": "k", cacert: "r" }), {
    certificate: "c",
    key: "k",
    root: "r",
  });
});

test("supplied authority - a Secret or a file that is not there is named", async () => {
  const lacks = (values: Record<string, string>, name: string) =>
    assert.throws(() => authorityFromSecret(values), {
      code: "PKI_AUTHORITY_INCOMPLETE",
      message: new RegExp(`lacks ${name}$`),
    });
  lacks({}, "tls.crt");
  lacks({ "tls.crt": "c" }, "tls.key");
  lacks({ "tls.key": "k", "ca.crt": "c" }, "tls.crt");
  lacks({ "ca.crt": "c" }, "ca.key");
  lacks({ "ca.key": "k" }, "ca.crt");
  lacks({ "ca.crt": "c", "ca.key": "" }, "ca.key");
  using scene = new Scene();
  const certificate = scene.write("crt", "c");
  await assert.rejects(authorityFromFiles({ certificate, key: join(scene.path, "none") }), {
    code: "PKI_AUTHORITY_INCOMPLETE",
    message: /\/none$/,
  });
});

test("supplied authority - every usual key format signs", async () => {
  const shapes: [string, MadeAuthority][] = [
    ["PKCS #8 RSA", rsa],
    ["PKCS #1 RSA", { ...rsa, key: reshaped(rsa.key, "rsa", "-traditional") }],
    ["PKCS #8 EC", root],
    ["SEC 1 EC", { ...root, key: reshaped(root.key, "ec") }],
  ];
  for (const [what, supplied] of shapes) {
    using scene = new Scene();
    // eslint-disable-next-line no-await-in-loop -- each on its own
    const authority = await scene.open(supplied);
    // eslint-disable-next-line no-await-in-loop -- as above
    const { certificate, chainPem } = await scene.sign(authority);
    assert.ok(scene.trusts(authority.bundle, certificate), what);
    assert.equal(chainPem, supplied.certificate);
    // Nothing of it is copied to the disk but what is public.
    assert.deepEqual(readdirSync(scene.directory), ["client-trust.pem"]);
  }
});

test("supplied authority - the chain is issuer first, wherever its parts come from", async () => {
  for (const supplied of [
    { ...below, root: root.certificate },
    { ...below, certificate: below.certificate + root.certificate },
    { ...below, certificate: below.certificate + root.certificate, root: root.certificate },
    { ...root, root: root.certificate },
  ]) {
    using scene = new Scene();
    // eslint-disable-next-line no-await-in-loop -- each on its own
    const authority = await scene.open(supplied);
    const whole = supplied.key === root.key ? root.certificate : below.certificate + root.certificate;
    assert.equal(authority.chainPem, whole);
    assert.equal(authority.bundle.join(""), whole);
  }
});

test("supplied authority - what cannot be used is refused with the reason, and nothing is made in its place", async () => {
  const encrypted = reshaped(rsa.key, "pkcs8", "-topk8", "-passout", "pass:secret");
  const leaf = makeAuthority({ key: P256, extensions: ["basicConstraints=critical,CA:false"] });
  const noSigner = makeAuthority({
    key: P256,
    subject: "/CN=x",
    signer: root,
    extensions: ["basicConstraints=CA:true", "keyUsage=cRLSign"],
  });
  const table: [SuppliedAuthority, RegExp][] = [
    [{ ...rsa, key: root.key }, /\(CN=Kyma\) cannot be used: certificate and key do not belong together$/],
    [{ ...rsa, key: "hello" }, /its key is not readable/],
    [{ ...rsa, key: encrypted }, /its key is not readable/],
    [{ ...rsa, certificate: "hello" }, /its certificate is not PEM$/],
    [leaf, /its certificate may not sign others/],
    [noSigner, /its certificate may not sign others/],
    [{ ...below, root: rsa.certificate }, /its chain is broken: CN=Kyma did not sign what is below it$/],
    [makeAuthority({ key: ["-algorithm", "ED25519"] }), /its key is neither RSA/],
    [
      makeAuthority({ key: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] }),
      /its key is neither RSA/,
    ],
  ];
  for (const [supplied, message] of table) {
    using scene = new Scene();
    // eslint-disable-next-line no-await-in-loop -- each on its own
    await assert.rejects(scene.open(supplied), { code: "PKI_AUTHORITY_UNUSABLE", message });
    assert.deepEqual(readdirSync(scene.directory), []);
  }
  using scene = new Scene();
  scene.clock.jump(11 * 365 * DAY);
  await assert.rejects(scene.open(rsa), { code: "PKI_AUTHORITY_UNUSABLE", message: /it ended on 20/ });
});

test("supplied authority - another one signs from then on, and the one before counts until it is retired", async () => {
  using scene = new Scene();
  const authority = await scene.open(rsa);
  const old = authority.issuer.hash;
  const before = await scene.sign(authority);
  await authority.supply({ ...below, root: root.certificate });
  const after = await scene.sign(authority);
  for (const bundle of [authority.bundle, (await scene.open({ ...below, root: root.certificate })).bundle]) {
    assert.ok(scene.trusts(bundle, before.certificate));
    assert.ok(scene.trusts(bundle, after.certificate));
  }
  assert.equal(await authority.retire(old), "retired");
  assert.ok(!scene.trusts(authority.bundle, before.certificate));
  assert.ok(
    !scene.trusts((await scene.open({ ...below, root: root.certificate })).bundle, before.certificate),
  );
});

test("supplied authority - in place of a compromised one it is the only one that counts", async () => {
  using scene = new Scene();
  const authority = await scene.open(rsa);
  const before = await scene.sign(authority);
  await authority.supply(root, { compromised: true });
  assert.deepEqual(authority.bundle, [root.certificate]);
  assert.ok(!scene.trusts(authority.bundle, before.certificate));
});

test("supplied authority - one that cannot be used leaves the one before in force", async () => {
  using scene = new Scene();
  const authority = await scene.open(rsa);
  const { hash } = authority.issuer;
  await assert.rejects(authority.supply({ ...rsa, key: root.key }), { code: "PKI_AUTHORITY_UNUSABLE" });
  assert.equal(authority.issuer.hash, hash);
  await scene.sign(authority);
});

test("supplied authority - it is changed where it comes from, and so is a bundle that is supplied", async () => {
  using scene = new Scene();
  const authority = await scene.open({ ...rsa, trust: root.certificate });
  assert.deepEqual(authority.bundle, [rsa.certificate, root.certificate]);
  await assert.rejects(authority.rotate(), { code: "PKI_AUTHORITY_SUPPLIED" });
  await assert.rejects(authority.replaceCompromised(), { code: "PKI_AUTHORITY_SUPPLIED" });
  await assert.rejects(authority.retire(authority.trusted[1]!.hash), { code: "PKI_AUTHORITY_SUPPLIED" });
  await authority.supply({ ...rsa, trust: "" });
  assert.deepEqual(authority.bundle, [rsa.certificate]);
});

test("supplied authority - clients of our own authority count after the change to a supplied one, and back", async () => {
  using scene = new Scene();
  const ours = await scene.sign(await scene.open());
  const supplied = await scene.open(rsa);
  const theirs = await scene.sign(supplied);
  assert.ok(scene.trusts(supplied.bundle, ours.certificate));
  const back = await scene.open();
  assert.equal(back.issuer.hash, ours.issuer);
  assert.ok(scene.trusts(back.bundle, theirs.certificate));
});

test("supplied authority - files are read again when they change; a broken change is reported and not used", async () => {
  using scene = new Scene();
  const files = { certificate: scene.write("ca.crt", rsa.certificate), key: scene.write("ca.key", rsa.key) };
  const authority = await scene.open(await authorityFromFiles(files));
  const problems: unknown[] = [];
  const { clock } = scene;
  using _ = await followSuppliedAuthority({
    authority,
    files,
    clock,
    failed: (error) => void problems.push(error),
  });
  scene.write("ca.crt", root.certificate);
  scene.write("ca.key", root.key);
  await eventually(async () => {
    await clock.advance(10_000);
    assert.equal(authority.issuer.name, "CN=Root");
  });
  assert.equal(authority.bundle.length, 2);
  scene.write("ca.key", rsa.key);
  await eventually(async () => {
    await clock.advance(10_000);
    assert.equal(problems.length, 1);
  });
  assert.equal(authority.issuer.name, "CN=Root");
  assert.match(readFileSync(join(scene.directory, "client-trust.pem"), "utf8"), /BEGIN CERTIFICATE/);
});
