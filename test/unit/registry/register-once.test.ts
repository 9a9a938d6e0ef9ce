import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import type { Application } from "../../../src/core/resources/application.ts";
import { earlierRegistration, remembering } from "../../../src/registry/once/registration-memory.ts";
import { isRefused } from "../../../src/registry/refused.ts";
import { serviceChanged } from "../../../src/telemetry/channels.ts";
import { service } from "../../doubles/applications.ts";
import { call, type Got } from "../../doubles/connector.ts";
import {
  applicationOf,
  createApplication,
  fullService,
  keptObjects,
  openRegistryScene,
  plainService,
  registered,
  registryScene,
  send,
  servicesPath,
} from "../../doubles/registry.ts";
import { startTarget } from "../../doubles/target.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const ANNOTATION = "appconn.dev/registrations";
const DAY = 24 * 60 * 60 * 1000;

function keyed(
  origin: string,
  key: string | readonly string[],
  body: unknown,
  application?: string,
): Promise<Got> {
  const headers = { "Idempotency-Key": typeof key === "string" ? key : [...key] };
  return send(origin, servicesPath(application), { method: "POST", headers }, body);
}

async function idOf(answering: Promise<Got>): Promise<string> {
  const { status, text } = await answering;
  equal(status, 200, text);
  return (JSON.parse(text) as { id: string }).id;
}

const idsOf = async (store: Parameters<typeof applicationOf>[0]) =>
  ((await applicationOf(store)).spec?.services ?? []).map(({ id }) => id);

test("register once - the same request with the same key answers the same id, and is told of once", async (context) => {
  const { origin, store } = await registryScene(context);
  const told: unknown[] = [];
  const tell = (change: unknown) => void told.push(change);
  serviceChanged.subscribe(tell);
  context.after(() => serviceChanged.unsubscribe(tell));
  const key = `"${randomUUID()}"`;
  const body = fullService({ identifier: "one" });
  const id = await idOf(keyed(origin, key, body));
  const again = await keyed(origin, key, body);
  equal(again.text, `{"id":"${id}"}\n`);
  equal(again.headers.etag, (await call(origin, `${servicesPath()}/${id}`)).headers.etag);
  equal(await idOf(keyed(origin, key.replaceAll('"', ""), body)), id, "the quotes are none of it");
  deepEqual(await idsOf(store), [id]);
  equal(told.length, 1);
});

test("register once - another body with the same key is refused, and changes nothing", async (context) => {
  const { origin, store } = await registryScene(context);
  await idOf(keyed(origin, "k", plainService("a")));
  const before = await applicationOf(store);
  const other = await keyed(origin, "k", plainService("b"));
  deepEqual(
    [other.status, JSON.parse(other.text)],
    [
      422,
      {
        code: 422,
        error: "Creating service failed, Idempotency-Key belongs to a registration with another body",
      },
    ],
  );
  deepEqual(await applicationOf(store), before);
});

test("register once - a key counts for its Application alone, and a request without one as ever", async (context) => {
  const scene = await registryScene(context);
  const { origin } = scene;
  await createApplication(scene, "stock");
  const id = await idOf(keyed(origin, "k", plainService("a")));
  notEqual(await idOf(keyed(origin, "k", plainService("a"), "stock")), id);
  notEqual(await registered(origin, plainService("b")), await registered(origin, plainService("c")));
});

test("register once - of many at once with one key one registers, and all hear its id", async (context) => {
  await using target = await startTarget((answered) => void answered.respond(200, {}, '{"openapi":"3.0.0"}'));
  const { origin, store } = await registryScene(context);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const body = plainService("a", { api });
  const ids = await Promise.all(Array.from({ length: 10 }, () => idOf(keyed(origin, "k", body))));
  deepEqual(await idsOf(store), [...new Set(ids)]);
  equal(target.calls.length, 1);
});

test("register once - two processes that are asked at once register one service, and leave nothing of another", async (context) => {
  const first = await registryScene(context);
  await using second = await openRegistryScene({ store: () => first.store });
  for (let round = 0; round < 10; round++) {
    const api = { targetUrl: "https://a.example", credentials: { basic: { username: "a", password: "b" } } };
    const body = plainService(`s ${round}`, { api });
    const ids = await Promise.all(
      [first, second, first, second].map(({ origin }) =>
        idOf(keyed(origin, `k ${round}`.replace(" ", ""), body)),
      ),
    );
    equal(new Set(ids).size, 1);
  }
  const ids = await idsOf(first.store);
  equal(ids.length, 10);
  const { secrets, accessServices } = await keptObjects(first.store);
  equal(accessServices.length, 10);
  equal(secrets.filter(({ metadata }) => metadata.labels?.["serviceId"] !== undefined).length, 10);
});

test("register once - a restart forgets nothing, and a day does", async () => {
  using directory = new TemporaryDirectory();
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
  const options = { directory: directory.path, clock };
  let id: string;
  {
    await using scene = await openRegistryScene(options);
    await createApplication(scene, "shop");
    id = await idOf(keyed(scene.origin, "k", plainService("a")));
  }
  await using scene = await openRegistryScene(options);
  ahead = DAY - 60_000;
  equal(await idOf(keyed(scene.origin, "k", plainService("a"))), id);
  ahead = DAY + 60_000;
  const later = await keyed(scene.origin, "k", plainService("a"));
  equal(later.status, 400);
  match(later.text, /Service with name a already exists/);
});

test("register once - what was refused is tried again, and what was removed is registered again", async (context) => {
  let status = 503;
  await using target = await startTarget((answered) => void answered.respond(status, {}, "{}"));
  const { origin, store } = await registryScene(context);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const body = plainService("a", { api });
  equal((await keyed(origin, "k", body)).status, 502);
  status = 200;
  const id = await idOf(keyed(origin, "k", body));
  equal((await call(origin, `${servicesPath()}/${id}`, { method: "DELETE" })).status, 204);
  const next = await idOf(keyed(origin, "k", body));
  notEqual(next, id);
  deepEqual(await idsOf(store), [next]);
});

test("register once - neither the key nor anything of the body can be read in the Application", async (context) => {
  const { origin, store } = await registryScene(context);
  const key = randomUUID();
  await idOf(keyed(origin, key, plainService("a")));
  const kept = (await applicationOf(store)).metadata.annotations?.[ANNOTATION] ?? "";
  match(kept, /^\[\["[\w-]{22}","[\w-]{22}","[-0-9a-f]{36}",\d+\]\]$/);
  ok(!kept.includes(key));
  // The same key and body in another installation leave other marks.
  const other = await registryScene(context);
  await idOf(keyed(other.origin, key, plainService("a")));
  const theirs = (await applicationOf(other.store)).metadata.annotations?.[ANNOTATION] ?? "";
  notEqual(theirs.slice(0, 20), kept.slice(0, 20));
});

for (const [sent, problem] of [
  ["", "it is no text in quotes"],
  ['""', "it is no text in quotes"],
  ["a b", "it is no text in quotes"],
  ["a, b", "it is no text in quotes"],
  ['"a"; b', "it is no text in quotes"],
  ['"a', "it is no text in quotes"],
  ["ä", "it is no text in quotes"],
  ["k".repeat(256), "it is longer than 255 characters"],
  [["a", "b"], "it is given more than once"],
] as const) {
  test(`register once - the key ${JSON.stringify(sent).slice(0, 20)} is refused, and nothing registered`, async (context) => {
    const { origin, store } = await registryScene(context);
    const { status, text } = await keyed(origin, sent, plainService("a"));
    deepEqual(
      [status, JSON.parse(text)],
      [400, { code: 400, error: `Invalid Idempotency-Key: ${problem}.` }],
    );
    deepEqual(await idsOf(store), []);
  });
}

const APPLICATION: Application = {
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
  metadata: { name: "shop", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: {
    services: Array.from({ length: 400 }, (_, index) => service(`s${index}`, [], { id: `s${index}` })),
  },
};
const markOf = (index: number) => ({ key: `key${index}`.padEnd(22, "-"), body: "b".repeat(22) });

test("registration memory - the newest of an Application are kept, and of those that are gone none", () => {
  let application = APPLICATION;
  for (let index = 0; index < 400; index++) {
    application = remembering(application, { ...markOf(index), id: `s${index}` }, 0);
  }
  const isKnown = (index: number) => earlierRegistration(application, markOf(index), 0) !== undefined;
  deepEqual([isKnown(143), isKnown(144), isKnown(399)], [false, true, true]);
  ok((application.metadata.annotations?.[ANNOTATION] ?? "").length < 32 * 1024);
  const services = (application.spec?.services ?? []).filter(({ id }) => id !== "s300");
  application = { ...application, spec: { ...application.spec, services } };
  equal(isKnown(300), false);
  application = remembering(application, { ...markOf(1), id: "s1" }, 0);
  ok(!(application.metadata.annotations?.[ANNOTATION] ?? "").includes('"s300"'));
});

for (const text of ["", "{", "{}", "null", '[1,["a"],["k","b",5,0],[]]', '[["k","b","s1","x"]]']) {
  test(`registration memory - what somebody wrote there by hand remembers nothing: ${text}`, () => {
    const metadata = { ...APPLICATION.metadata, annotations: { other: "stays", [ANNOTATION]: text } };
    const application = { ...APPLICATION, metadata };
    equal(earlierRegistration(application, { key: "k", body: "b" }, 0), undefined);
    const next = remembering(application, { ...markOf(1), id: "s1" }, 0);
    equal(next.metadata.annotations?.["other"], "stays");
    const earlier = earlierRegistration(next, markOf(1), 0);
    ok(earlier && !isRefused(earlier));
    equal(earlier.service.id, "s1");
  });
}
