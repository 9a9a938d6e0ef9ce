import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
import { FakeClock } from "../../doubles/fake-clock.ts";
import { eventually } from "../../doubles/eventually.ts";

const MINUTE = 60_000;
const INFO = "/v1/applications/signingRequests/info";
const INVALID = '{"code":403,"error":"Invalid token."}\n';

const info = ({ external }: ConnectorScene, token: string) => call(external, `${INFO}?token=${token}`);
const sign = ({ external }: ConnectorScene, token: string) =>
  call(external, `${CERTIFICATES}?token=${token}`, { method: "POST", body: shopRequest() });

/** The token that comes of another one. */
async function nextOf(scene: ConnectorScene, token: string): Promise<string> {
  const { text } = await info(scene, token);
  return textsIn(text)["csrUrl"]?.split("token=")[1] ?? "";
}

test("tokens - of twenty that use one at once, exactly one gets a certificate", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const answers = await Promise.all(Array.from({ length: 20 }, () => sign(scene, token)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ text }) => text === INVALID).length, 19);
  const { text } = await call(scene.internal, "/v1/applications/shop/certificates");
  assert.equal((JSON.parse(text) as { items: unknown[] }).items.length, 1);
});

test("tokens - of twenty that ask for information at once, exactly one gets another token", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const answers = await Promise.all(Array.from({ length: 20 }, () => info(scene, token)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ text }) => text === INVALID).length, 19);
});

test("tokens - the first one may sign, the second one may ask again, and none is good twice", async (context) => {
  const scene = await connectorScene(context);
  const first = await newToken(scene);
  const second = await nextOf(scene, first);
  const third = await nextOf(scene, second);
  assert.equal((await sign(scene, second)).text, INVALID);
  assert.equal((await sign(scene, third)).status, 201);
  assert.equal((await sign(scene, third)).text, INVALID);
  assert.equal((await sign(scene, await newToken(scene))).status, 201);
});

test("tokens - one of an Application is none for a runtime, nor the other way round", async (context) => {
  const scene = await connectorScene(context, { central: true });
  const headers = { Application: "shop", Tenant: "t", Group: "g" };
  const application = await newToken(scene, headers);
  const made = await call(scene.internal, "/v1/runtimes/tokens", { method: "POST", headers });
  const { token: runtime = "" } = textsIn(made.text);
  const runtimes = "/v1/runtimes/signingRequests/info";
  assert.equal((await call(scene.external, `${runtimes}?token=${application}`)).text, INVALID);
  assert.equal((await info(scene, runtime)).text, INVALID);
  assert.equal((await call(scene.external, `${runtimes}?token=${runtime}`)).status, 200);
  assert.equal((await info(scene, application)).status, 200);
});

test("tokens - raw or escaped in the query, or in a header that goes before the query", async (context) => {
  const scene = await connectorScene(context);
  const escaped = encodeURIComponent(await newToken(scene));
  assert.match(escaped, /%3D%3D$/);
  assert.equal((await info(scene, escaped)).status, 200);
  const headers = { "Connector-Token": await newToken(scene) };
  assert.equal((await call(scene.external, `${INFO}?token=wrong`, { headers })).status, 200);
});

test("tokens - five minutes old, to the millisecond, is too old", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  const [good, bad] = [await newToken(scene), await newToken(scene)];
  await clock.advance(5 * MINUTE - 1);
  assert.equal((await info(scene, good)).status, 200);
  await clock.advance(1);
  assert.equal((await info(scene, bad)).text, INVALID);
});

test("tokens - a chain of them ends 15 minutes after its first one", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  let token = await newToken(scene);
  for (let minutes = 0; minutes < 12; minutes += 4) {
    await clock.advance(4 * MINUTE);
    token = await nextOf(scene, token);
    assert.notEqual(token, "");
  }
  await clock.advance(3 * MINUTE - 1);
  token = await nextOf(scene, token);
  assert.notEqual(token, "");
  await clock.advance(1);
  assert.equal((await sign(scene, token)).text, INVALID);
});

test("tokens - a clock that jumps forward ends them, one that jumps back does not lengthen them for long", async (context) => {
  const clock = new FakeClock();
  const scene = await connectorScene(context, { clock });
  const [ended, kept, old] = [await newToken(scene), await newToken(scene), await newToken(scene)];
  clock.jump(6 * MINUTE);
  assert.equal((await info(scene, ended)).text, INVALID);
  clock.jump(-8 * MINUTE);
  assert.equal((await info(scene, kept)).status, 200, "two minutes back");
  clock.jump(-60 * MINUTE);
  assert.equal((await info(scene, old)).text, INVALID, "an hour back");
});

test("tokens - they are on the disk as their hash alone", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const hash = createHash("sha256").update(token).digest();
  const files = readdirSync(scene.directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  assert.equal(
    files.some((content) => content.includes(hash)),
    true,
  );
  assert.equal(
    files.some((content) => content.includes(token)),
    false,
  );
});

test("tokens - they are as long as the setting says, in bytes", async (context) => {
  const scene = await connectorScene(context, { tokenLength: 32 });
  assert.match(await newToken(scene), /^[A-Za-z0-9_-]{43}=$/);
});

test("tokens - expired ones are removed every minute", async (context) => {
  const clock = new FakeClock();
  const purged: number[] = [];
  const scene = await connectorScene(context, {
    clock,
    store: (store) => {
      const purge = store.pairing.purgeTokens.bind(store.pairing);
      store.pairing.purgeTokens = async (now) => {
        const count = await purge(now);
        purged.push(count);
        return count;
      };
      return store;
    },
  });
  await newToken(scene);
  const { timers } = clock;
  for (let minute = 1; minute <= 6; minute++) {
    await clock.advance(MINUTE);
    await eventually(() => {
      assert.equal(purged.length, minute);
      assert.equal(clock.timers, timers, "the next round is planned");
    });
  }
  assert.equal(
    purged.reduce((sum, count) => sum + count),
    1,
  );
});
