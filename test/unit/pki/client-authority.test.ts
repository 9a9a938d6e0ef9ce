import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ClientAuthority, type ClientAuthorityOptions } from "../../../src/pki/client-authority.ts";
import { writePrivateFile } from "../../../src/pki/private-file.ts";
import { EXPECTED, makeRequest } from "../../doubles/certificate-requests.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-21T10:00:00Z");
const publicKey = createPublicKey(makeRequest().key);

class Scene extends TemporaryDirectory {
  readonly clock = new FakeClock(NOW);
  readonly directory = join(this.path, "pki");

  open(change: Partial<ClientAuthorityOptions> = {}): Promise<ClientAuthority> {
    return ClientAuthority.open({ directory: this.directory, clock: this.clock, ...change });
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  sign(authority: ClientAuthority) {
    const { fields: subject, commonName } = EXPECTED;
    return authority.sign({ publicKey, subject, commonName, validity: 90 * DAY, now: this.clock.now() });
  }

  /** Whether clients with this certificate are let in, as `openssl` judges with the bundle alone. */
  trusts(bundle: readonly string[], certificate: string): boolean {
    writeFileSync(join(this.path, "bundle"), bundle.join(""));
    writeFileSync(join(this.path, "leaf"), certificate);
    try {
      openssl(
        ...["verify", "-x509_strict", "-purpose", "sslclient", "-attime", String(this.clock.now() / 1000)],
        ...["-CAfile", join(this.path, "bundle"), join(this.path, "leaf")],
      );
      return true;
    } catch {
      return false;
    }
  }
}

test("client authority - a first start makes a root for ten years and an issuer below it", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const text = (name: string) => openssl("x509", "-noout", "-text", "-in", scene.file(name));
  const root = text("client-root.crt");
  assert.match(root, /CA:TRUE, pathlen:1/);
  assert.match(root, /Key Usage: critical\n +Certificate Sign, CRL Sign\n/);
  assert.match(root, /Not After : Nov 21 10:00:00 2036 GMT/);
  const issuer = text("client-issuer.crt");
  assert.match(issuer, /CA:TRUE, pathlen:0/);
  assert.match(issuer, /Key Usage: critical\n +Digital Signature, Certificate Sign, CRL Sign\n/);
  assert.match(issuer, /ASN1 OID: prime256v1/);
  const signed = await scene.sign(authority);
  assert.ok(scene.trusts(authority.bundle, signed.certificate));
  assert.equal(signed.issuer, authority.issuer.hash);
  assert.equal(
    signed.chainPem,
    readFileSync(scene.file("client-issuer.crt"), "utf8") +
      readFileSync(scene.file("client-root.crt"), "utf8"),
  );
  assert.equal(authority.chainPem, signed.chainPem);
  assert.equal(authority.issuer.notAfter, Date.parse("2036-11-21T10:00:00Z"));
});

test("client authority - RSA is made where it is asked for", async () => {
  using scene = new Scene();
  const authority = await scene.open({ keyAlgorithm: "rsa" });
  assert.equal(
    new X509Certificate(authority.issuer.certificate).publicKey.asymmetricKeyDetails?.modulusLength,
    3072,
  );
  const { certificate } = await scene.sign(authority);
  assert.ok(scene.trusts(authority.bundle, certificate));
  // What exists is kept, whatever is asked for now.
  assert.equal((await scene.open({ keyAlgorithm: "ec" })).issuer.hash, authority.issuer.hash);
});

test("client authority - the files are the owner's alone, and a second start keeps them", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const names = [
    "client-issuer.crt",
    "client-issuer.key",
    "client-root.crt",
    "client-root.key",
    "client-trust.pem",
  ];
  assert.deepEqual(readdirSync(scene.directory).toSorted(), names);
  for (const name of names) assert.equal(statSync(scene.file(name)).mode & 0o777, 0o600, name);
  const { certificate } = await scene.sign(authority);
  const again = await scene.open();
  assert.deepEqual(again.trusted, authority.trusted);
  assert.equal(again.issuer.hash, authority.issuer.hash);
  assert.ok(scene.trusts(again.bundle, certificate));
});

test("client authority - a second start does not load the library that makes certificates", async () => {
  using scene = new Scene();
  await scene.open();
  const program = `
    import { ClientAuthority } from ${JSON.stringify(new URL("../../../src/pki/client-authority.ts", import.meta.url).href)};
    import { systemClock as clock } from ${JSON.stringify(new URL("../../../src/core/clock.ts", import.meta.url).href)};
    await ClientAuthority.open({ directory: ${JSON.stringify(scene.directory)}, clock });
    // The library's polyfill puts it there.
    process.stdout.write(String("metadata" in Reflect));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module-typescript", "-e", program], {
    encoding: "utf8",
  });
  assert.equal(output, "false");
});

test("client authority - the root's key may be kept elsewhere", async () => {
  using scene = new Scene();
  const { issuer } = await scene.open();
  rmSync(scene.file("client-root.key"));
  assert.equal((await scene.open()).issuer.hash, issuer.hash);
});

test("client authority - what is lost, damaged, exposed or mixed up is refused, and nothing is made in its place", async () => {
  using other = new Scene();
  await other.open();
  const foreign = (name: string) => readFileSync(other.file(name), "utf8");
  const breaks: [string, (scene: Scene) => void, string][] = [
    ["issuer key lost", (scene) => rmSync(scene.file("client-issuer.key")), "PKI_AUTHORITY_INCOMPLETE"],
    ["issuer lost", (scene) => rmSync(scene.file("client-issuer.crt")), "PKI_AUTHORITY_INCOMPLETE"],
    ["root lost", (scene) => rmSync(scene.file("client-root.crt")), "PKI_AUTHORITY_INCOMPLETE"],
    ["key exposed", (scene) => chmodSync(scene.file("client-issuer.key"), 0o644), "PKI_FILE_EXPOSED"],
    ["key damaged", (scene) => writeFileSync(scene.file("client-issuer.key"), "x"), "PKI_AUTHORITY_UNUSABLE"],
    [
      "issuer damaged",
      (scene) => writeFileSync(scene.file("client-issuer.crt"), "x"),
      "PKI_AUTHORITY_UNUSABLE",
    ],
    [
      "foreign key",
      (scene) => writeFileSync(scene.file("client-issuer.key"), foreign("client-issuer.key")),
      "PKI_AUTHORITY_UNUSABLE",
    ],
    [
      "foreign root",
      (scene) => writeFileSync(scene.file("client-root.crt"), foreign("client-root.crt")),
      "PKI_AUTHORITY_UNUSABLE",
    ],
    [
      "trust damaged",
      (scene) =>
        writeFileSync(
          scene.file("client-trust.pem"),
          "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        ),
      "PKI_UNREADABLE",
    ],
  ];
  for (const [what, damage, code] of breaks) {
    using scene = new Scene();
    // eslint-disable-next-line no-await-in-loop -- each on its own
    await scene.open();
    damage(scene);
    const before = readdirSync(scene.directory).map((name) => readFileSync(scene.file(name), "utf8"));
    // eslint-disable-next-line no-await-in-loop -- as above
    await assert.rejects(scene.open(), { code }, what);
    const after = readdirSync(scene.directory).map((name) => readFileSync(scene.file(name), "utf8"));
    assert.deepEqual(after, before, what);
  }
});

test("client authority - after a rotation the new one signs and both count, also after a restart", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const old = authority.issuer;
  const before = await scene.sign(authority);
  let changes = 0;
  using _ = authority.onChanged(() => changes++);
  const issuer = await authority.rotate();
  assert.equal(changes, 1);
  assert.notEqual(issuer.hash, old.hash);
  assert.equal(authority.issuer.hash, issuer.hash);
  const after = await scene.sign(authority);
  assert.equal(after.issuer, issuer.hash);
  for (const bundle of [authority.bundle, (await scene.open()).bundle]) {
    assert.equal(bundle.length, 4);
    assert.ok(scene.trusts(bundle, before.certificate));
    assert.ok(scene.trusts(bundle, after.certificate));
  }
});

test("client authority - a retired issuer and its root count no longer, and the one in use cannot be retired", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const old = authority.issuer.hash;
  const before = await scene.sign(authority);
  await authority.rotate();
  const [, root] = authority.trusted;
  assert.equal(await authority.retire(authority.issuer.hash), "in-use");
  assert.equal(await authority.retire(root!.hash), "in-use");
  assert.equal(await authority.retire("0".repeat(64)), "unknown");
  let changes = 0;
  using _ = authority.onChanged(() => changes++);
  assert.equal(await authority.retire(old), "retired");
  assert.equal(changes, 1);
  const after = await scene.sign(authority);
  for (const bundle of [authority.bundle, (await scene.open()).bundle]) {
    assert.equal(bundle.length, 2);
    assert.ok(!scene.trusts(bundle, before.certificate));
    assert.ok(scene.trusts(bundle, after.certificate));
  }
  assert.equal(await authority.retire(old), "unknown");
});

test("client authority - retiring a root retires what it issued", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const root = authority.trusted[1]!.hash;
  await authority.rotate();
  assert.equal(await authority.retire(root), "retired");
  assert.equal(authority.bundle.length, 2);
});

test("client authority - a compromised one is replaced at once, and nothing of it counts", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const before = await scene.sign(authority);
  await authority.rotate();
  await authority.replaceCompromised();
  const after = await scene.sign(authority);
  for (const bundle of [authority.bundle, (await scene.open()).bundle]) {
    assert.equal(bundle.length, 2);
    assert.ok(!scene.trusts(bundle, before.certificate));
    assert.ok(scene.trusts(bundle, after.certificate));
  }
});

test("client authority - changes that are asked for at once are done one after the other", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const issuers = await Promise.all([authority.rotate(), authority.rotate(), authority.rotate()]);
  assert.equal(new Set(issuers.map(({ hash }) => hash)).size, 3);
  assert.equal(authority.issuer.hash, issuers[2]?.hash);
  assert.equal(authority.bundle.length, 8);
  assert.deepEqual((await scene.open()).bundle, authority.bundle);
});

/** A disk that loses power before the step of this number; before and after it, it is a good one. */
function failingAt(step: number) {
  let steps = 0;
  const power = () => {
    if (steps++ === step) throw new Error("power cut");
  };
  return {
    get steps() {
      return steps;
    },
    write: async (path: string, content: string) => {
      power();
      await writePrivateFile(path, content);
    },
    remove: async (path: string) => {
      power();
      await rm(path, { force: true });
    },
  };
}

const CHANGES = {
  rotate: (authority: ClientAuthority) => authority.rotate(),
  "replaced as compromised": (authority: ClientAuthority) => authority.replaceCompromised(),
};

for (const [name, change] of Object.entries(CHANGES)) {
  test(`client authority - a process that stops at any step is found old or new as a whole: ${name}`, async () => {
    let isStopped = true;
    let seenNew = 0;
    let seenOld = 0;
    for (let step = 0; isStopped; step++) {
      using scene = new Scene();
      // eslint-disable-next-line no-await-in-loop -- one step after the other
      const first = await scene.open();
      // eslint-disable-next-line no-await-in-loop -- as above
      const before = await scene.sign(first);
      const disk = failingAt(step);
      // eslint-disable-next-line no-await-in-loop -- as above
      const running = await scene.open({ files: disk });
      // eslint-disable-next-line no-await-in-loop -- as above
      isStopped = await change(running).then(
        () => false,
        () => true,
      );
      // The process that goes on after a failure has what it had, and signs.
      assert.equal(running.issuer.hash === first.issuer.hash, isStopped);
      // eslint-disable-next-line no-await-in-loop -- as above
      await scene.sign(running);
      // eslint-disable-next-line no-await-in-loop -- as above
      const found = await scene.open();
      const isOld = found.issuer.hash === first.issuer.hash;
      if (isOld) seenOld++;
      else seenNew++;
      // eslint-disable-next-line no-await-in-loop -- as above
      const after = await scene.sign(found);
      assert.ok(scene.trusts(found.bundle, after.certificate), `step ${step}`);
      assert.equal(
        scene.trusts(found.bundle, before.certificate),
        isOld || name === "rotate",
        `step ${step}`,
      );
      assert.equal(found.bundle.length, isOld || name !== "rotate" ? 2 : 4, `step ${step}`);
      assert.ok(!readdirSync(scene.directory).includes("client-next.json"));
    }
    assert.equal(seenOld, 1, "only before the journal");
    assert.equal(seenNew, 7);
  });
}

test("client authority - a rotation that failed half-way is the one that is asked for again", async () => {
  using scene = new Scene();
  await scene.open();
  const authority = await scene.open({ files: failingAt(3) });
  const before = await scene.sign(authority);
  await assert.rejects(authority.rotate());
  const { hash } = await authority.rotate();
  assert.equal(authority.issuer.hash, hash);
  assert.equal(authority.bundle.length, 4);
  assert.ok(scene.trusts(authority.bundle, before.certificate));
  assert.equal((await scene.open()).issuer.hash, hash);
});

test("client authority - a first start that stops at any step is begun anew or finished", async () => {
  let isStopped = true;
  for (let step = 0; isStopped; step++) {
    using scene = new Scene();
    // eslint-disable-next-line no-await-in-loop -- one step after the other
    isStopped = await scene.open({ files: failingAt(step) }).then(
      () => false,
      () => true,
    );
    // eslint-disable-next-line no-await-in-loop -- as above
    const authority = await scene.open();
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.ok(scene.trusts(authority.bundle, (await scene.sign(authority)).certificate));
    assert.equal(authority.bundle.length, 2);
  }
});

test("client authority - one that has ended is opened, says so when it should sign, and can be rotated", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  scene.clock.jump(11 * 365 * DAY);
  await assert.rejects(scene.sign(authority), { code: "PKI_AUTHORITY_ENDED" });
  const again = await scene.open();
  await again.rotate();
  assert.ok(scene.trusts(again.bundle, (await scene.sign(again)).certificate));
});

test("client authority - lists of the revoked have growing numbers, also in one millisecond", async () => {
  using scene = new Scene();
  const authority = await scene.open();
  const { serial } = await scene.sign(authority);
  const numbers: bigint[] = [];
  for (let round = 0; round < 3; round++) {
    // eslint-disable-next-line no-await-in-loop -- the order is the point
    writeFileSync(join(scene.path, "list"), await authority.revocationList([{ serial, revokedAt: NOW }]));
    const shown = openssl("crl", "-inform", "DER", "-noout", "-text", "-in", join(scene.path, "list"));
    assert.match(shown, new RegExp(`Serial Number: ${serial.toUpperCase()}`));
    numbers.push(BigInt(/CRL Number: \n +(\w+)/.exec(shown)?.[1] ?? ""));
  }
  assert.deepEqual(numbers, [BigInt(NOW), BigInt(NOW) + 1n, BigInt(NOW) + 2n]);
});
