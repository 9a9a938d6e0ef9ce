import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LOOK_INTERVAL } from "../../../src/pki/file-follower.ts";
import { SuppliedServerCertificate } from "../../../src/pki/supplied-server-certificate.ts";
import { P256, RSA } from "../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../doubles/client-authorities.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const one = makeAuthority({ key: P256 });
const two = makeAuthority({ key: RSA });

class Scene extends TemporaryDirectory {
  readonly clock = new FakeClock(Date.now());
  readonly problems: unknown[] = [];
  readonly files = { certificate: join(this.path, "tls.crt"), key: join(this.path, "tls.key") };

  follow(): Promise<SuppliedServerCertificate> {
    const failed = (error: unknown) => void this.problems.push(error);
    return SuppliedServerCertificate.follow({ files: this.files, clock: this.clock, failed });
  }

  write({ certificate, key }: { certificate?: string; key?: string }): void {
    if (certificate !== undefined) writeFileSync(this.files.certificate, certificate);
    if (key !== undefined) writeFileSync(this.files.key, key);
  }

  /** Lets the files be looked at until `assertion` holds. */
  eventually(assertion: () => void): Promise<void> {
    return eventually(async () => {
      await this.clock.advance(LOOK_INTERVAL);
      assertion();
    });
  }

  /** Lets the files be looked at several times, each look carried to its end. */
  async look(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      // eslint-disable-next-line no-await-in-loop -- one look after the other
      await eventually(() => assert.equal(this.clock.timers, 1));
      // eslint-disable-next-line no-await-in-loop -- as above
      await this.clock.advance(LOOK_INTERVAL);
    }
    await eventually(() => assert.equal(this.clock.timers, 1));
  }
}

test("supplied server certificate - one that is meant for clients, or for nothing of TLS, is refused", () => {
  const names = { certificate: "tls.crt", key: "tls.key" };
  const make = (usage: string) =>
    new SuppliedServerCertificate(
      makeAuthority({ key: P256, extensions: [`extendedKeyUsage=${usage}`] }),
      names,
    );
  for (const usage of ["clientAuth", "codeSigning,emailProtection"]) {
    assert.throws(() => make(usage), {
      code: "PKI_UNREADABLE",
      message: /tls\.crt.*not meant for TLS servers/,
    });
  }
  for (const usage of ["serverAuth", "clientAuth,serverAuth", "anyExtendedKeyUsage"]) make(usage);
});

test("supplied server certificate - a new pair is taken without a restart, and listeners are told", async () => {
  using scene = new Scene();
  scene.write(one);
  using server = await scene.follow();
  assert.deepEqual(server.current, { cert: one.certificate, key: one.key });
  let renewals = 0;
  using _ = server.onRenewed(() => renewals++);
  await scene.look(3);
  assert.equal(renewals, 0);
  scene.write(two);
  await scene.eventually(() => assert.equal(renewals, 1));
  assert.deepEqual(server.current, { cert: two.certificate, key: two.key });
  assert.deepEqual(scene.problems, []);
});

test("supplied server certificate - a certificate whose key comes a moment later is no problem", async () => {
  using scene = new Scene();
  scene.write(one);
  using server = await scene.follow();
  scene.write({ certificate: two.certificate });
  await scene.look(1);
  assert.equal(server.current.cert, one.certificate);
  scene.write({ key: two.key });
  await scene.eventually(() => assert.equal(server.current.cert, two.certificate));
  assert.deepEqual(scene.problems, []);
});

test("supplied server certificate - what cannot be used is said once, and the old pair stays until a good one comes", async () => {
  using scene = new Scene();
  scene.write(one);
  using server = await scene.follow();
  const broken: [() => void, RegExp][] = [
    [() => scene.write({ certificate: "hello" }), /^cannot read .*tls\.crt: /],
    [() => scene.write({ certificate: two.certificate }), /do not belong together$/],
    [() => scene.write({ certificate: one.certificate, key: "hello" }), /^cannot read .*tls\.key: /],
    [() => rmSync(scene.files.certificate), /^cannot read .*tls\.crt: there is no such file$/],
  ];
  for (const [number, [damage, message]] of broken.entries()) {
    damage();
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await scene.look(5);
    assert.equal(scene.problems.length, number + 1);
    assert.match((scene.problems[number] as Error).message, message);
    assert.deepEqual(server.current, { cert: one.certificate, key: one.key });
  }
  scene.write(two);
  await scene.eventually(() => assert.equal(server.current.cert, two.certificate));
});

test("supplied server certificate - a Secret that Kubernetes mounts, whose links move, is seen", async () => {
  using scene = new Scene();
  const mount = (name: string, pair: { certificate: string; key: string }) => {
    mkdirSync(join(scene.path, name));
    writeFileSync(join(scene.path, name, "tls.crt"), pair.certificate);
    writeFileSync(join(scene.path, name, "tls.key"), pair.key);
    symlinkSync(name, join(scene.path, "..data_tmp"));
    renameSync(join(scene.path, "..data_tmp"), join(scene.path, "..data"));
  };
  mount("..1", one);
  for (const name of ["tls.crt", "tls.key"]) symlinkSync(join("..data", name), join(scene.path, name));
  using server = await scene.follow();
  mount("..2", two);
  await scene.eventually(() => assert.equal(server.current.cert, two.certificate));
});

test("supplied server certificate - a start without a pair that can be used fails and leaves no timer", async () => {
  using scene = new Scene();
  await assert.rejects(scene.follow(), { code: "PKI_UNREADABLE" });
  scene.write({ ...one, key: two.key });
  await assert.rejects(scene.follow(), { code: "PKI_MISMATCH" });
  assert.equal(scene.clock.timers, 0);
});

test("supplied server certificate - one from a Secret is replaced by hand, and never by a broken one", () => {
  const server = new SuppliedServerCertificate(one, { certificate: "tls.crt", key: "tls.key" });
  let renewals = 0;
  const listening = server.onRenewed(() => renewals++);
  server.replace({ ...one });
  assert.equal(renewals, 0);
  assert.throws(() => server.replace({ ...one, key: two.key }), {
    code: "PKI_MISMATCH",
    message: "the certificate tls.crt and the key tls.key do not belong together",
  });
  assert.equal(server.current.key, one.key);
  server.replace(two);
  assert.equal(renewals, 1);
  listening[Symbol.dispose]();
  server.replace(one);
  assert.equal(renewals, 1);
  assert.equal(server.current.cert, one.certificate);
});

test("supplied server certificate - what a TLS server would refuse is refused before", () => {
  const names = { certificate: "tls.crt", key: "tls.key" };
  const weak = makeAuthority({ key: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] });
  assert.throws(() => new SuppliedServerCertificate(weak, names), {
    code: "PKI_UNREADABLE",
    message: /tls\.crt: .*too small/,
  });
  const chain = `${one.certificate}-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`;
  assert.throws(() => new SuppliedServerCertificate({ ...one, certificate: chain }, names), {
    code: "PKI_UNREADABLE",
  });
});

test("supplied server certificate - one that is closed looks at its files no more", async () => {
  using scene = new Scene();
  scene.write(one);
  const server = await scene.follow();
  server[Symbol.dispose]();
  assert.equal(scene.clock.timers, 0);
});
