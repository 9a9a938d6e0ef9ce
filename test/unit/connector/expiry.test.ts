import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { certificateEnds, type CertificateEnds } from "../../../src/telemetry/channels.ts";
import { ConnectorMetrics } from "../../../src/telemetry/connector-metrics.ts";
import {
  call,
  CERTIFICATES,
  connectorScene,
  newToken,
  shopRequest,
  type ConnectorScene,
} from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { issuedCertificate } from "../../doubles/pairing-records.ts";

const DAY = 86_400_000;

function heard(context: TestContext): { last: CertificateEnds | undefined } {
  const state: { last: CertificateEnds | undefined } = { last: undefined };
  const listen = (ends: CertificateEnds) => void (state.last = ends);
  certificateEnds.subscribe(listen);
  context.after(() => certificateEnds.unsubscribe(listen));
  return state;
}

async function pair(scene: ConnectorScene): Promise<void> {
  const path = `${CERTIFICATES}?token=${await newToken(scene)}`;
  const answer = await call(scene.external, path, { method: "POST", body: shopRequest() });
  assert.equal(answer.status, 201);
}

test("expiry - the newest certificate that counts is told of each Application, and the authority's end", async (context) => {
  const clock = new FakeClock();
  const ends = heard(context);
  const scene = await connectorScene(context, { clock });
  const { pairing } = scene.store;
  const older = issuedCertificate({ application: "stall", notAfter: clock.now() + 10 * DAY });
  const newer = issuedCertificate({ application: "stall", notAfter: clock.now() + 20 * DAY });
  await pairing.recordCertificate(older);
  await pairing.recordCertificate(newer);
  await pair(scene);
  await clock.advance(3_600_000);
  const notAfter = (name: string) => ends.last?.applications.get(name)?.notAfter;
  await eventually(() => assert.equal(notAfter("stall"), newer.notAfter));
  assert.equal(notAfter("shop"), Date.UTC(2026, 0, 1) - 60_000 + 90 * DAY);
  assert.equal(ends.last?.authority.notAfter, scene.authority.issuer.notAfter);
  const body = JSON.stringify({ hash: newer.hash });
  await call(scene.internal, `${CERTIFICATES}/revocations`, { method: "POST", body });
  await eventually(() => assert.equal(notAfter("stall"), older.notAfter));
});

test("expiry - with a fifth of its life left, each is warned of once", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  await pair(scene);
  const warned = () => scene.warnings.filter(({ message }) => message.includes("about to end"));
  clock.jump(71 * DAY);
  await clock.advance(3_600_000);
  assert.deepEqual(warned(), []);
  clock.jump(2 * DAY);
  await clock.advance(3_600_000);
  await eventually(() => assert.equal(warned().length, 1));
  assert.equal(warned()[0]?.fields["application"], "shop");
  clock.jump(9 * 365 * DAY);
  await clock.advance(3_600_000);
  await eventually(() => assert.equal(warned().length, 2));
  assert.match(warned()[1]?.message ?? "", /^the authority of client certificates is about to end/);
});

test("expiry - a renewed certificate is not warned of", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  await pair(scene);
  clock.jump(60 * DAY);
  await pair(scene);
  clock.jump(20 * DAY);
  await clock.advance(3_600_000);
  await pair(scene);
  assert.deepEqual(scene.warnings, []);
});

test("expiry - metrics count the days that are left when they are asked", async () => {
  const clock = new FakeClock();
  using metrics = new ConnectorMetrics(clock);
  assert.equal(await metrics.text(), "");
  const validity = (days: number) => ({ notBefore: clock.now(), notAfter: clock.now() + days * DAY });
  const applications = new Map([["shop", validity(30)]]);
  certificateEnds.publish({ authority: validity(3650), applications });
  await clock.advance(10 * DAY);
  const text = await metrics.text();
  assert.match(text, /^appconn_client_authority_days_left 3640$/m);
  assert.match(text, /^appconn_client_certificate_days_left\{application="shop"\} 20$/m);
  certificateEnds.publish({ authority: validity(3650), applications: new Map() });
  assert.doesNotMatch(await metrics.text(), /shop/);
});
