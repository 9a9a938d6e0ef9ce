import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { tokenRequestKind, type TokenRequest } from "../../../src/core/resources/token-request.ts";
import type { Collection } from "../../../src/stores/store.ts";
import { call, connectorScene, type ConnectorScene, type SceneOptions } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { noticedLines } from "../../doubles/noticed.ts";

interface RequestsScene extends ConnectorScene {
  readonly requests: Collection<TokenRequest>;
  /** Its status as soon as it has this state. */
  reached(name: string, state: string): Promise<NonNullable<TokenRequest["status"]>>;
}

async function requestsScene(context: TestContext, options: SceneOptions = {}): Promise<RequestsScene> {
  const scene = await connectorScene(context, options);
  const requests = scene.store.collection<TokenRequest>(tokenRequestKind);
  const reached = (name: string, state: string) =>
    eventually(async () => {
      const object = await requests.get({ namespace: "default", name });
      assert.equal(object?.status?.state, state);
      return object.status;
    });
  return { ...scene, requests, reached };
}

const named = (name: string) => ({ metadata: { name, namespace: "default" } });

test("token requests - one that is created gets a link that pairs, and its end", async (context) => {
  const scene = await requestsScene(context);
  const before = Date.now();
  await scene.requests.create(named("shop"));
  const { url = "", token = "", application, expireAfter = "" } = await scene.reached("shop", "OK");
  assert.equal(application, "shop");
  const base = "https://connector-service.kyma.example.com/v1/applications/signingRequests/info";
  assert.equal(url, `${base}?token=${token}`);
  assert.match(expireAfter, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const lifetime = Date.parse(expireAfter) - before;
  assert.equal(lifetime > 298_000 && lifetime <= 301_000 + Date.now() - before, true, String(lifetime));
  const { pathname, search } = new URL(url);
  assert.equal((await call(scene.external, pathname + search)).status, 200);
});

test("token requests - one with an end of its own, as tests of the original make them, is answered all the same", async (context) => {
  const scene = await requestsScene(context);
  await scene.requests.create({ ...named("shop"), status: { expireAfter: "2999-12-31T00:00:00Z" } });
  const { expireAfter = "" } = await scene.reached("shop", "OK");
  assert.equal(Date.parse(expireAfter) < Date.now() + 400_000, true);
});

test("token requests - those that were there before the start are answered too", async (context) => {
  const scene = await requestsScene(context, {
    store: (store) => {
      void store.collection<TokenRequest>(tokenRequestKind).create(named("early"));
      return store;
    },
  });
  await scene.reached("early", "OK");
});

test("token requests - what has ended is deleted, at most 30 seconds late, also when the clock jumps", async (context) => {
  const clock = new FakeClock();
  const scene = await requestsScene(context, { clock });
  await scene.requests.create(named("shop"));
  await scene.reached("shop", "OK");
  const isThere = async () =>
    (await scene.requests.get({ namespace: "default", name: "shop" })) !== undefined;
  await clock.advance(299_000);
  assert.equal(await isThere(), true);
  await clock.advance(2000);
  await eventually(async () => assert.equal(await isThere(), false));
  await scene.requests.create(named("shop"));
  await scene.reached("shop", "OK");
  clock.jump(3_600_000);
  await clock.advance(30_000);
  await eventually(async () => assert.equal(await isThere(), false));
});

test("token requests - one that has its token is left alone", async (context) => {
  const scene = await requestsScene(context);
  await scene.requests.create(named("shop"));
  const first = await scene.reached("shop", "OK");
  await scene.requests.patch(
    { namespace: "default", name: "shop" },
    { type: "merge", value: { metadata: { labels: { a: "b" } } } },
  );
  await scene.requests.create(named("stall"));
  await scene.reached("stall", "OK");
  assert.deepEqual(await scene.reached("shop", "OK"), first);
});

test("token requests - in a namespace that is not listed it is refused, and no token is made", async (context) => {
  const lines = noticedLines(context);
  const scene = await requestsScene(context, { tokenRequests: { namespaces: ["kyma-integration"] } });
  await scene.requests.create(named("shop"));
  const status = await scene.reached("shop", "Error");
  assert.deepEqual(status, { application: "shop", state: "Error" });
  assert.equal(
    lines[0],
    "TokenRequest/shop TokenRequestRefused: no token is made: its namespace is not in connector.tokenRequests.namespaces",
  );
  assert.deepEqual(
    scene.warnings.map(({ message, fields }) => [message, fields["reason"]]),
    [["a TokenRequest is refused", "its namespace is not in connector.tokenRequests.namespaces"]],
  );
});

test("token requests - a name that no certificate can have is refused", async (context) => {
  const scene = await requestsScene(context);
  await scene.requests.create(named("a".repeat(65)));
  await scene.reached("a".repeat(65), "Error");
});

test("token requests - in central mode tenant and group come from the object, and both are needed", async (context) => {
  const scene = await requestsScene(context, { central: true });
  await scene.requests.create(named("alone"));
  await scene.reached("alone", "Error");
  await scene.requests.create({ ...named("shop"), context: { tenant: "t", group: "g" } });
  const { url = "" } = await scene.reached("shop", "OK");
  const { pathname, search } = new URL(url);
  const { text } = await call(scene.external, pathname + search);
  assert.match(text, /"subject":"O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=shop"/);
});

test("token requests - what failed is tried again with the next period", async (context) => {
  const clock = new FakeClock();
  const failure = { left: 1 };
  const scene = await requestsScene(context, {
    clock,
    store: (store) => {
      const add = store.pairing.addToken.bind(store.pairing);
      store.pairing.addToken = (token) =>
        failure.left-- > 0 ? Promise.reject(new Error("no room")) : add(token);
      return store;
    },
  });
  await scene.requests.create(named("shop"));
  await scene.reached("shop", "Error");
  // The first try may not be over when its status can be read, and then the next period is the one after.
  await eventually(async () => {
    await clock.advance(30_000);
    const object = await scene.requests.get({ namespace: "default", name: "shop" });
    assert.equal(object?.status?.state, "OK");
  });
});

test("token requests - turned off, nobody answers", async (context) => {
  const scene = await requestsScene(context, { tokenRequests: { enabled: false } });
  await scene.requests.create(named("shop"));
  assert.equal((await scene.requests.get({ namespace: "default", name: "shop" }))?.status, undefined);
});

test("token requests - one that was refused is answered when somebody corrects it", async (context) => {
  // No period passes: the clock stands still.
  const scene = await requestsScene(context, { central: true, clock: new FakeClock() });
  await scene.requests.create(named("shop"));
  await scene.reached("shop", "Error");
  const value = { context: { tenant: "t", group: "g" } };
  await scene.requests.patch({ namespace: "default", name: "shop" }, { type: "merge", value });
  await scene.reached("shop", "OK");
});

test("token requests - one that is changed while it is answered is answered all the same, and a hundred at once", async (context) => {
  const scene = await requestsScene(context, { clock: new FakeClock() });
  const names = Array.from({ length: 100 }, (_, index) => `shop-${index}`);
  await Promise.all(
    names.map(async (name) => {
      await scene.requests.create(named(name));
      const value = { metadata: { labels: { changed: "yes" } } };
      await scene.requests.patch({ namespace: "default", name }, { type: "merge", value });
    }),
  );
  const tokens = await Promise.all(names.map(async (name) => (await scene.reached(name, "OK")).token));
  assert.equal(new Set(tokens).size, names.length);
});
