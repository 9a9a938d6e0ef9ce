import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { openAuthority } from "../../../src/connector/open-authority.ts";
import { connectorSettings, type ConnectorOptions } from "../../../src/connector/options.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { application } from "../../doubles/applications.ts";
import { issuedCertificate } from "../../doubles/pairing-records.ts";
import { P256 } from "../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../doubles/client-authorities.ts";
import {
  call,
  CERTIFICATES,
  connectorScene,
  newToken,
  shopRequest,
  textsIn,
  type ConnectorScene,
} from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const APPLICATION = "/v1/applications/shop/certificates";

interface Listed {
  readonly items: readonly Record<string, string>[];
  readonly continue?: string;
}

interface Shown {
  readonly issuer: { readonly hash: string };
  readonly trusted: readonly {
    readonly hash: string;
    readonly issuedBy?: string;
    readonly liveCertificates: number;
  }[];
}

async function pair(scene: ConnectorScene): Promise<string> {
  const path = `${CERTIFICATES}?token=${await newToken(scene)}`;
  const { text } = await call(scene.external, path, { method: "POST", body: shopRequest() });
  return Buffer.from(textsIn(text)["caCrt"] ?? "", "base64").toString();
}

const list = async ({ internal }: ConnectorScene, query = "") =>
  JSON.parse((await call(internal, `${APPLICATION}${query}`)).text) as Listed;
const shown = async ({ internal }: ConnectorScene) =>
  JSON.parse((await call(internal, "/v1/ca")).text) as Shown;
const post = ({ internal }: ConnectorScene, path: string, body: object = {}) =>
  call(internal, path, { method: "POST", body: JSON.stringify(body) });

test("issued certificates - they come page by page, soonest end first, each once", async (context) => {
  const scene = await connectorScene(context);
  const ends = [5, 3, 1, 4, 2].map((day) => Date.UTC(2027, 0, day));
  for (const notAfter of ends) await scene.store.pairing.recordCertificate(issuedCertificate({ notAfter }));
  await scene.store.pairing.recordCertificate(issuedCertificate({ application: "stall" }));
  const found: string[] = [];
  let next: string | undefined;
  do {
    const page = await list(
      scene,
      `?limit=2${next === undefined ? "" : `&continue=${encodeURIComponent(next)}`}`,
    );
    found.push(...page.items.map(({ notAfter = "" }) => notAfter.slice(0, 10)));
    next = page.continue;
  } while (next !== undefined);
  assert.deepEqual(found, ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05"]);
  for (const query of ["?limit=0", "?limit=1001", "?limit=x", "?continue=nonsense"]) {
    assert.match(
      (await call(scene.internal, APPLICATION + query)).text,
      /^\{"code":400,"error":"Query is not accepted: /,
    );
  }
});

test("issued certificates - one is revoked through its Application, and none of another", async (context) => {
  const scene = await connectorScene(context);
  await pair(scene);
  const [{ hash = "" } = {}] = (await list(scene)).items;
  const other = await post(scene, "/v1/applications/stall/certificates/revocations", { hash });
  assert.deepEqual(
    [other.status, textsIn(other.text)["error"]],
    [404, "The Application has no such certificate."],
  );
  assert.equal(scene.revocations.check(hash), false);
  assert.equal((await post(scene, `${APPLICATION}/revocations`, { hash })).status, 201);
  assert.equal(scene.revocations.check(hash), true);
  assert.notEqual((await list(scene)).items[0]?.["revokedAt"], undefined);
});

test("authority - a rotation is one call: old and new are trusted, the new one signs, and the old one is retired", async (context) => {
  const scene = await connectorScene(context);
  const oldChain = await pair(scene);
  const before = await shown(scene);
  assert.equal(before.trusted.find(({ hash }) => hash === before.issuer.hash)?.liveCertificates, 1);
  const early = await post(scene, "/v1/ca/retirements", { hash: before.issuer.hash });
  assert.equal(early.status, 409);
  const rotated = await post(scene, "/v1/ca/rotations");
  assert.equal(rotated.status, 201);
  const after = JSON.parse(rotated.text) as Shown;
  assert.notEqual(after.issuer.hash, before.issuer.hash);
  assert.equal(after.trusted.find(({ hash }) => hash === before.issuer.hash)?.liveCertificates, 1);
  assert.notEqual(await pair(scene), oldChain);
  assert.equal((await post(scene, "/v1/ca/retirements", { hash: before.issuer.hash })).status, 201);
  assert.equal((await post(scene, "/v1/ca/retirements", { hash: before.issuer.hash })).status, 404);
  const trusted = (await shown(scene)).trusted.map(({ hash }) => hash);
  assert.equal(trusted.includes(before.issuer.hash), false);
});

test("authority - a certificate rests on the root of its issuer too, which could be retired alone", async (context) => {
  const scene = await connectorScene(context);
  await pair(scene);
  const { issuer } = await shown(scene);
  const { trusted } = JSON.parse((await post(scene, "/v1/ca/rotations")).text) as Shown;
  const old = trusted.find(({ hash }) => hash === issuer.hash);
  const root = trusted.find(({ hash }) => hash === old?.issuedBy);
  assert.deepEqual([old?.liveCertificates, root?.liveCertificates], [1, 1]);
  assert.equal(root?.issuedBy, undefined);
  const resting = trusted.map(({ liveCertificates }) => liveCertificates);
  assert.deepEqual(resting, [0, 0, 1, 1]);
});

test("authority - after a compromise nothing of the old one is trusted", async (context) => {
  const scene = await connectorScene(context);
  const before = await shown(scene);
  await post(scene, "/v1/ca/rotations?compromised=true");
  const after = (await shown(scene)).trusted.map(({ hash }) => hash);
  assert.deepEqual(
    after.filter((hash) => before.trusted.some((old) => old.hash === hash)),
    [],
  );
});

test("authority - openssl verifies the revocation list, which names what was revoked and nothing else", async (context) => {
  const scene = await connectorScene(context);
  await pair(scene);
  const chain = await pair(scene);
  const crl = async () => {
    const { bytes, headers } = await call(scene.external, "/v1/ca.crl");
    assert.equal(headers["content-type"], "application/pkix-crl");
    const [der, ca] = [join(scene.directory, "list.crl"), join(scene.directory, "chain.pem")];
    writeFileSync(der, bytes);
    writeFileSync(ca, chain);
    const args = ["crl", "-inform", "DER", "-in", der, "-noout", "-text", "-CAfile", ca];
    return execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });
  };
  assert.match(await crl(), /No Revoked Certificates/);
  const [{ hash = "", serial = "" } = {}] = (await list(scene)).items;
  await post(scene, `${CERTIFICATES}/revocations`, { hash });
  const text = await crl();
  assert.deepEqual(
    Array.from(text.matchAll(/Serial Number: ([0-9A-F]+)/g), ([, found]) => found),
    [serial.toUpperCase()],
  );
  assert.equal(
    (await call(scene.internal, "/v1/ca.crl")).bytes.equals((await call(scene.external, "/v1/ca.crl")).bytes),
    true,
  );
  await post(scene, "/v1/ca/rotations");
  const next = await call(scene.external, "/v1/ca.crl");
  assert.equal(next.bytes.includes(Buffer.from(serial, "hex")), false);
});

async function opened(
  directory: string,
  prepare: (
    secrets: (name: string, data: Record<string, string>) => Promise<void>,
  ) => Promise<Partial<ConnectorOptions>>,
) {
  const stack = new AsyncDisposableStack();
  const store = stack.use(await openSqliteStore({ directory, clock: systemClock }));
  const collection = store.collection<Secret>(secretKind);
  const write = async (name: string, stringData: Record<string, string>) => {
    const metadata = { name, namespace: "default" };
    const found = await collection.get(metadata);
    if (found) await collection.update({ ...found, stringData });
    else await collection.create({ metadata, stringData });
  };
  const warnings: string[] = [];
  try {
    const options = { ...defaultsOf(connectorSettings), ...(await prepare(write)) };
    const parts = { options, directory: join(directory, "pki"), store, clock: systemClock };
    const { authority } = stack.use(
      await openAuthority({ ...parts, warn: (message) => warnings.push(message) }),
    );
    return { authority, write, warnings, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

test("authority - one from a Secret signs, a changed one takes its place, and an unusable one does not", async () => {
  using directory = new TemporaryDirectory();
  const [first, second] = [makeAuthority({ key: P256 }), makeAuthority({ key: P256, subject: "/CN=Next" })];
  const secret = ({ certificate, key }: typeof first) => ({ "ca.crt": certificate, "ca.key": key });
  await using scene = await opened(directory.path, async (write) => {
    await write("app-ca", secret(first));
    return { caSecret: "app-ca" };
  });
  const { authority, write, warnings } = scene;
  assert.match(authority.issuer.name, /CN=Kyma/);
  await write("app-ca", secret(second));
  await eventually(() => assert.match(authority.issuer.name, /CN=Next/));
  assert.equal(authority.trusted.length, 2, "certificates of the one before still count");
  await write("app-ca", { "ca.crt": first.certificate, "ca.key": second.key });
  await eventually(() => assert.equal(warnings.length > 0, true));
  assert.match(authority.issuer.name, /CN=Next/);
});

test("authority - a Secret that is not there, or holds what cannot sign, stops the start", async () => {
  using directory = new TemporaryDirectory();
  await assert.rejects(
    opened(directory.path, async () => ({ caSecret: "kyma-integration/nginx-auth-ca" })),
    {
      code: "CONNECTOR_CA_SECRET_MISSING",
      status: 404,
      message: "secret kyma-integration/nginx-auth-ca not found",
    },
  );
  await assert.rejects(
    opened(directory.path, async (write) => {
      await write("app-ca", { "ca.crt": "x", "ca.key": "y" });
      return { caSecret: "app-ca" };
    }),
    { code: "PKI_AUTHORITY_UNUSABLE" },
  );
});

test("authority - cert-manager's Secret and a root of its own make the chain", async () => {
  using directory = new TemporaryDirectory();
  const root = makeAuthority({ key: P256, subject: "/CN=Root" });
  const below = makeAuthority({ key: P256, subject: "/CN=Below", signer: root });
  await using scene = await opened(directory.path, async (write) => {
    await write("app-ca", { "tls.crt": below.certificate, "tls.key": below.key });
    await write("root", { cacert: root.certificate });
    return { caSecret: "default/app-ca", rootCaSecret: "root" };
  });
  assert.deepEqual(
    scene.authority.trusted.map(({ name }) => name),
    ["CN=Below", "CN=Root"],
  );
});

test("deleted Applications - where it is asked for, their certificates are revoked, and no others", async (context) => {
  const scene = await connectorScene(context, { revokeOnDeletion: true });
  const applications = scene.store.collection<Application>(applicationKind);
  for (const name of ["shop", "stall"]) await applications.create(application(name, []));
  const stall = issuedCertificate({ application: "stall" });
  await scene.store.pairing.recordCertificate(stall);
  await pair(scene);
  await pair(scene);
  await applications.remove({ name: "shop" });
  const hashes = (await list(scene)).items.map(({ hash = "" }) => hash);
  assert.equal(hashes.length, 2);
  await eventually(() =>
    assert.deepEqual(
      hashes.map((hash) => scene.revocations.check(hash)),
      [true, true],
    ),
  );
  assert.equal(scene.revocations.check(stall.hash), false);
});

test("deleted Applications - by default their certificates go on", async (context) => {
  const scene = await connectorScene(context);
  const applications = scene.store.collection<Application>(applicationKind);
  await applications.create(application("shop", []));
  await pair(scene);
  await applications.remove({ name: "shop" });
  await pair(scene);
  assert.deepEqual(
    (await list(scene)).items.map(({ revokedAt }) => revokedAt),
    [undefined, undefined],
  );
});
