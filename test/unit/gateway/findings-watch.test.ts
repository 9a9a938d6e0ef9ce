import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { FindingTeller } from "../../../src/gateway/inspection/finding-teller.ts";
import { FindingsWatch, type LookedAt } from "../../../src/gateway/inspection/findings-watch.ts";
import { Inspection } from "../../../src/gateway/inspection/inspection.ts";
import type { HeldApplication } from "../../../src/snapshot/findings.ts";
import { noticed, type Notice } from "../../../src/telemetry/channels.ts";
import { api, application, service, shop } from "../../doubles/applications.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { holdApplication, type HeldScene } from "../../doubles/held-application.ts";

const HOUR = 3_600_000;

/** Watches the Applications that `hold` puts there. */
function watchFindings(context: TestContext) {
  const clock = new FakeClock();
  const held = new Map<string, HeldApplication>();
  const looks: LookedAt[] = [];
  const gone: string[] = [];
  const { compile } = holdApplication(context, shop("https://erp.example/"));
  const inspection = new Inspection(
    { held: (name) => held.get(name), names: () => held.keys() },
    compile,
    clock,
  );
  const watch = new FindingsWatch({
    inspection,
    clock,
    looked: (found) => looks.push(found),
    gone: (name) => gone.push(name),
    surprised: (error) => assert.fail(String(error)),
  });
  context.after(() => watch.close());
  const hold = (value: Parameters<typeof holdApplication>[1], scene: HeldScene = {}) => {
    held.set(value.metadata.name, holdApplication(context, value, scene).held);
    watch.touch(value.metadata.name);
  };
  const told = () =>
    looks.map(({ isChanged, findings }) => [isChanged, findings.map(({ reason }) => reason)]);
  return { clock, held, looks, gone, watch, hold, told };
}

const broken = () => shop("https://erp.example/", { credentials: { type: "Basic", secretName: "s" } });
const SECRETS = { s: { username: "u", password: "p" } };

test("findings watch - what changes within a second is looked at once, and nothing is wrong then", async (context) => {
  const { clock, hold, told } = watchFindings(context);
  hold(broken());
  await clock.advance(900);
  assert.deepEqual(told(), []);
  hold(broken(), { secrets: SECRETS });
  await clock.advance(100);
  assert.deepEqual(told(), [[false, []]]);
});

test("findings watch - what appears, stays, and is put right is told as a change when it is one", async (context) => {
  const { clock, hold, told, watch, held, gone } = watchFindings(context);
  hold(broken());
  await clock.advance(1000);
  hold(broken());
  await clock.advance(1000);
  hold(broken(), { secrets: { s: { username: "u" } } });
  await clock.advance(1000);
  hold(broken(), { secrets: SECRETS });
  await clock.advance(1000);
  assert.deepEqual(told(), [
    [true, ["SecretNotFound"]],
    [false, ["SecretNotFound"]],
    [true, ["SecretKeyMissing"]],
    [true, []],
  ]);
  held.clear();
  watch.touch("shop");
  await clock.advance(1000);
  assert.deepEqual(gone, ["shop"]);
});

test("findings watch - every half hour all are looked at: certificates end without a change", async (context) => {
  const { clock, hold, told } = watchFindings(context);
  const authority = await TestAuthority.create();
  const ends = clock.now() + 14 * 24 * HOUR + 0.75 * HOUR;
  const pair = await authority.certificate({
    subject: "CN=shop",
    notBefore: new Date(clock.now() - HOUR),
    notAfter: new Date(ends),
  });
  const value = shop("https://erp.example/", { credentials: { type: "CertificateGen", secretName: "s" } });
  hold(value, { secrets: { s: { ...pair } } });
  await clock.advance(1000);
  await clock.advance(HOUR);
  assert.deepEqual(told(), [
    [false, []],
    [false, []],
    [true, ["CertificateExpiring"]],
  ]);
});

test("findings watch - of many findings the first are named, all are counted, and a change of any is one", async (context) => {
  const { clock, hold, looks } = watchFindings(context);
  const services = (last: string) =>
    Array.from({ length: 500 }, (_, index) =>
      service(`S${index}`, [api(index === 499 ? last : "nowhere", {})]),
    );
  hold(application("shop", services("nowhere")));
  await clock.advance(1000);
  hold(application("shop", services("nowhere else")));
  await clock.advance(1000);
  assert.deepEqual(
    looks.map(({ findings, count, isChanged }) => [findings.length, count, isChanged]),
    [
      [20, 500, true],
      [20, 500, true],
    ],
  );
  assert.equal(looks[0]?.worst, looks[0]?.findings[0]);
});

test("findings watch - a watch that is closed looks at nothing any more, and leaves no timer", async (context) => {
  const { clock, hold, told, watch } = watchFindings(context);
  hold(broken());
  watch.close();
  watch.touch("shop");
  await clock.advance(2 * HOUR);
  assert.deepEqual(told(), []);
  assert.equal(clock.timers, 0);
});

test("finding notices - each is told once until it is another, no more than a few, and that all has been put right", async (context) => {
  const { clock, hold, looks } = watchFindings(context);
  const heard: string[] = [];
  const hear = ({ object, type, reason, message }: Notice) =>
    void heard.push(`${object.kind} ${object.name}: ${type} ${reason} ${message}`);
  noticed.subscribe(hear);
  context.after(() => noticed.unsubscribe(hear));
  const teller = new FindingTeller(clock);
  const told = async () => {
    await clock.advance(1000);
    for (const look of looks.splice(0)) teller.tell(look);
    return heard.splice(0);
  };
  hold(broken());
  const missing =
    "Application shop: Warning SecretNotFound service Orders API, API REST v1: failed to read API for Orders API service, secret 's' not found";
  assert.deepEqual(await told(), [missing]);
  hold(broken());
  assert.deepEqual(await told(), []);
  // Its Event would go, though it stands.
  await clock.advance(HOUR / 2);
  assert.deepEqual(await told(), [missing]);
  hold(broken(), { secrets: SECRETS });
  assert.deepEqual(await told(), [
    "Application shop: Normal FindingsResolved what was wrong has been put right",
  ]);
  hold(broken());
  assert.deepEqual(await told(), [missing]);
  const many = Array.from({ length: 30 }, (_, index) => service(`S${index}`, [api("nowhere")]));
  hold(application("shop", many));
  const texts = await told();
  assert.equal(texts.length, 11);
  assert.equal(
    texts.at(-1),
    "Application shop: Warning TargetUrlInvalid 20 more findings: see appconn describe application shop",
  );
});
