import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  call,
  CERTIFICATES,
  connectorScene,
  forwarded,
  newToken,
  shopRequest,
  textsIn,
  type ConnectorScene,
} from "../../doubles/connector.ts";
import { openssl } from "../../doubles/openssl.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const JSON_TYPE = "application/json;charset=UTF-8";
const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;
/** In a process of its own: this one is the server. */
const curl = async (...args: string[]) =>
  (await promisify(execFile)("curl", ["--silent", "--show-error", "--max-time", "20", ...args])).stdout;
const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();

/** Pairs with a request of its own; gives the hash of the certificate. */
async function pair(scene: ConnectorScene): Promise<{ hash: string; pem: string }> {
  const token = await newToken(scene);
  const sent = { method: "POST", body: shopRequest() };
  const { text } = await call(scene.external, `${CERTIFICATES}?token=${token}`, sent);
  const pem = decode(textsIn(text)["clientCrt"]);
  return { hash: createHash("sha256").update(new X509Certificate(pem).raw).digest("hex"), pem };
}

test("pairing - openssl and curl get a certificate that openssl verifies, and renew and revoke it", async (context) => {
  const scene = await connectorScene(context);
  const { external, internal, directory, authority } = scene;
  const created = await curl("-X", "POST", "-H", "Application: shop", `${internal}/v1/applications/tokens`);
  const { url = "", token = "" } = textsIn(created);
  assert.match(token, /^[A-Za-z0-9_-]{86}==$/);
  const base = "https://connector-service.kyma.example.com/v1/applications";
  assert.equal(created, `{"url":"${base}/signingRequests/info?token=${token}","token":"${token}"}\n`);
  const local = (there: string) => there.replace("https://connector-service.kyma.example.com", external);

  const info = await curl(local(url));
  const { csrUrl = "" } = textsIn(info);
  const next = csrUrl.split("token=")[1] ?? "";
  const gateway = "https://gateway.kyma.example.com";
  const subject = "O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop";
  assert.equal(
    info,
    `{"csrUrl":"${base}/certificates?token=${next}","api":{"eventsInfoUrl":"${gateway}/shop/v1/events/subscribed",` +
      `"eventsUrl":"${gateway}/shop/v1/events","metadataUrl":"${gateway}/shop/v1/metadata/services",` +
      `"infoUrl":"${gateway}/v1/applications/management/info","certificatesUrl":"${base}/certificates"},` +
      `"certificate":{"subject":"${subject}","extensions":"","key-algorithm":"rsa2048"}}\n`,
  );

  const at = (name: string) => join(directory, name);
  const name = `/${subject.replaceAll(",", "/")}`;
  openssl(
    "req",
    "-new",
    "-newkey",
    "rsa:4096",
    "-nodes",
    "-keyout",
    at("key"),
    "-out",
    at("csr"),
    "-subj",
    name,
  );
  const body = JSON.stringify({ csr: readFileSync(at("csr")).toString("base64") });
  const issued = textsIn(await curl("-d", body, local(csrUrl)));
  assert.deepEqual(Object.keys(issued), ["crt", "clientCrt", "caCrt"]);
  assert.equal(decode(issued["crt"]), decode(issued["clientCrt"]) + decode(issued["caCrt"]));
  assert.equal(decode(issued["caCrt"]), authority.chainPem);
  writeFileSync(at("client.crt"), decode(issued["clientCrt"]));
  writeFileSync(at("ca.crt"), decode(issued["caCrt"]));
  openssl("verify", "-purpose", "sslclient", "-CAfile", at("ca.crt"), at("client.crt"));
  assert.equal(
    openssl("x509", "-in", at("client.crt"), "-noout", "-subject", "-nameopt", "RFC2253").trim(),
    "subject=CN=shop,ST=Waldorf,L=Waldorf,OU=OrgUnit,O=Organization,C=DE",
  );
  const hash = createHash("sha256")
    .update(new X509Certificate(decode(issued["clientCrt"])).raw)
    .digest("hex");
  const presented = ["-H", `X-Forwarded-Client-Cert: ${forwarded(hash)["X-Forwarded-Client-Cert"]}`];

  assert.equal(
    await curl(...presented, `${external}/v1/applications/management/info`),
    `{"clientIdentity":{"application":"shop"},"urls":{"eventsInfoUrl":"${gateway}/shop/v1/events/subscribed",` +
      `"eventsUrl":"${gateway}/shop/v1/events","metadataUrl":"${gateway}/shop/v1/metadata/services",` +
      `"renewCertUrl":"${gateway}/v1/applications/certificates/renewals",` +
      `"revokeCertUrl":"${gateway}/v1/applications/certificates/revocations"},` +
      `"certificate":{"subject":"${subject}","extensions":"","key-algorithm":"rsa2048"}}\n`,
  );
  const renewed = textsIn(await curl(...presented, "-d", body, `${external}${CERTIFICATES}/renewals`));
  assert.match(decode(renewed["clientCrt"]), /^-----BEGIN CERTIFICATE-----/);
  for (const time of ["first", "second"]) {
    const status = await curl(
      ...presented,
      "-X",
      "POST",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `${external}${CERTIFICATES}/revocations`,
    );
    assert.equal(status, "201", time);
  }
  assert.equal(
    await curl(...presented, "-d", body, `${external}${CERTIFICATES}/renewals`),
    error(403, "Certificate has been revoked."),
  );
});

test("pairing - every answer has the original's content type, and says that it is for nobody else", async (context) => {
  const scene = await connectorScene(context);
  const { hash } = await pair(scene);
  for (const answer of [
    await call(scene.internal, "/v1/applications/tokens", {
      method: "POST",
      headers: { Application: "shop" },
    }),
    await call(scene.external, "/v1/applications/management/info", { headers: forwarded(hash) }),
    await call(scene.external, `${CERTIFICATES}/revocations`, { method: "POST", headers: forwarded(hash) }),
    await call(scene.external, "/v1/nothing"),
  ]) {
    assert.equal(answer.headers["content-type"], JSON_TYPE);
    assert.equal(answer.headers["cache-control"], "no-store");
  }
});

test("pairing - the first certificate, its renewal and its revocation are on record", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  const { hash } = await pair(scene);
  const sent = { method: "POST", body: shopRequest(), headers: forwarded(hash) };
  await clock.advance(1000);
  assert.equal((await call(scene.external, `${CERTIFICATES}/renewals`, sent)).status, 201);
  await call(scene.external, `${CERTIFICATES}/revocations`, sent);
  const list = JSON.parse((await call(scene.internal, "/v1/applications/shop/certificates")).text) as {
    items: Record<string, string>[];
  };
  const [first, second] = list.items;
  assert.equal(list.items.length, 2);
  assert.equal(first?.["hash"], hash);
  assert.equal(first["issuer"], scene.authority.issuer.hash);
  assert.equal(first["requestedFrom"], "127.0.0.1");
  assert.equal(first["revokedAt"], "2026-01-01T00:00:01.000Z");
  assert.equal(first["notAfter"], "2026-03-31T23:59:00.000Z");
  assert.equal(second?.["renewedFrom"], hash);
  assert.equal(second["revokedAt"], undefined);
});

test("pairing - management info says from when on to renew: when two thirds of the life are over", async (context) => {
  const scene = await connectorScene(context, { appCertificateValidity: 30 * 86_400_000 });
  const { hash, pem } = await pair(scene);
  const { headers } = await call(scene.external, "/v1/applications/management/info", {
    headers: forwarded(hash),
  });
  const { validFromDate, validToDate } = new X509Certificate(pem);
  assert.equal(validToDate.getTime() - validFromDate.getTime(), 30 * 86_400_000);
  const expected = validFromDate.getTime() + 20 * 86_400_000;
  assert.equal(Date.parse(String(headers["renew-after"])), expected);
});

test("pairing - a dryRun that is neither true nor false is refused, and the token stays", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const signed = (query: string) =>
    call(scene.external, `${CERTIFICATES}?${query}token=${token}`, { method: "POST", body: shopRequest() });
  for (const query of ["dryRun=1&", "dryRun=TRUE&", "dryRun=&", "dryRun&", "dryRun=true&dryRun=false&"]) {
    const { status, text } = await signed(query);
    assert.deepEqual(
      [status, JSON.parse(text)],
      [400, { code: 400, error: "Query is not accepted: dryRun is neither true nor false." }],
      query,
    );
  }
  assert.equal((await signed("dryRun=true&dryRun=true&")).status, 200);
  assert.equal((await signed("dryRun=false&")).status, 201);
});

test("pairing - a request is only checked with dryRun, and the attribute that differs is named", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene, { Application: "stall" });
  const path = `${CERTIFICATES}?dryRun=true&token=${token}`;
  const wrong = await call(scene.external, path, { method: "POST", body: shopRequest() });
  assert.equal(wrong.status, 400);
  assert.deepEqual(JSON.parse(wrong.text), {
    code: 400,
    error: "CSR: Invalid common name provided.",
    details: [{ attribute: "CN", expected: "stall", got: ["shop"] }],
  });
  const right = await call(scene.external, `${CERTIFICATES}?dryRun=true&token=${await newToken(scene)}`, {
    method: "POST",
    body: shopRequest(),
  });
  assert.equal(right.status, 200);
  assert.equal(textsIn(right.text)["valid"], true);
  assert.equal((await call(scene.internal, "/v1/applications/shop/certificates")).text, '{"items":[]}\n');
  assert.equal((await call(scene.external, path, { method: "POST", body: shopRequest() })).status, 400);
});
