import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { test } from "node:test";
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
import { FakeClock } from "../../doubles/fake-clock.ts";
import { noticedLines } from "../../doubles/noticed.ts";
import { issuedCertificate } from "../../doubles/pairing-records.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function pair({ external }: ConnectorScene, token: string, body = shopRequest()) {
  return call(external, `${CERTIFICATES}?token=${token}`, { method: "POST", body });
}

test("connector notices - what becomes of a certificate is told to its Application", async (context) => {
  const lines = noticedLines(context);
  const scene = await connectorScene(context, { clock: new FakeClock() });
  const token = await newToken(scene);
  const { text } = await pair(scene, token);
  assert.deepEqual(lines.splice(0), [
    "Application/shop CertificateIssued: the external system was given a client certificate, which ends 2026-03-31T23:59:00.000Z",
  ]);
  const { raw } = new X509Certificate(Buffer.from(textsIn(text)["clientCrt"] ?? "", "base64"));
  const hash = createHash("sha256").update(raw).digest("hex");
  const body = JSON.stringify({ hash });
  for (const status of [201, 201]) {
    // eslint-disable-next-line no-await-in-loop -- once, and once again
    const answer = await call(scene.internal, `${CERTIFICATES}/revocations`, { method: "POST", body });
    assert.equal(answer.status, status);
  }
  assert.deepEqual(lines, [
    `Application/shop CertificateRevoked: the client certificate ${hash.slice(0, 16)}… was revoked`,
  ]);
});

test("connector notices - a refused request is told to the Application, a refused token to nobody's", async (context) => {
  const lines = noticedLines(context);
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const { status, text } = await pair(scene, token, JSON.stringify({ csr: "bm90IG9uZQ==" }));
  assert.ok(status >= 400);
  const { error = "" } = textsIn(text);
  assert.deepEqual(lines.splice(0), [
    `Application/shop CertificateRefused: no client certificate was issued: ${error}`,
  ]);
  for (const wrong of ["canary-1", "canary-2", `${token}x`]) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    assert.equal((await pair(scene, wrong)).status, 403);
  }
  const told =
    "Namespace/default PairingTokenRefused: a pairing token that is unknown, used or expired was shown";
  assert.deepEqual(lines, [told, told, told]);
});

test("connector notices - what ends soon is told every hour until it was renewed", async (context) => {
  const lines = noticedLines(context);
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  const { pairing } = scene.store;
  const notBefore = clock.now();
  const record = { application: "shop", notBefore, notAfter: notBefore + 10 * DAY };
  await pairing.recordCertificate(issuedCertificate(record));
  clock.jump(9 * DAY);
  const told =
    "Application/shop CertificateEnding: the newest client certificate ends 2026-01-11T00:00:00.000Z and was not renewed";
  for (const count of [1, 2, 3]) {
    // eslint-disable-next-line no-await-in-loop -- hour after hour
    await clock.advance(HOUR);
    // eslint-disable-next-line no-await-in-loop
    await eventually(() => assert.equal(lines.length, count));
  }
  assert.deepEqual(lines.splice(0), [told, told, told]);
  assert.equal(scene.warnings.length, 1);
  await pairing.recordCertificate(issuedCertificate({ ...record, notAfter: notBefore + 30 * DAY }));
  clock.jump(9 * 365 * DAY);
  await clock.advance(HOUR);
  await eventually(() => assert.equal(lines.length, 1));
  assert.match(
    lines[0] ?? "",
    /^Namespace\/default AuthorityEnding: the authority of client certificates ends 20/,
  );
});
