import { deepEqual, equal, match, ok } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import {
  clusterAssetGroupKind,
  type ClusterAssetGroup,
} from "../../../src/core/resources/cluster-asset-group.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { isStoreFailure, StoreFailure } from "../../../src/stores/store-failure.ts";
import type { Collection, Store } from "../../../src/stores/store.ts";
import { call } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import {
  applicationOf,
  createApplication,
  fullService,
  keptObjects,
  markedService,
  NAMESPACE,
  openRegistryScene,
  plainService,
  post,
  put,
  registered,
  registryScene,
  servicesPath,
} from "../../doubles/registry.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";
import { startTarget } from "../../doubles/target.ts";

interface Shown {
  readonly description: string;
  readonly api?: {
    readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly spec?: { readonly info: { readonly title: string } };
  };
}

async function shown(origin: string, id: string): Promise<Shown> {
  const answer = await call(origin, `${servicesPath()}/${id}`);
  equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Shown;
}

async function listedIds(origin: string): Promise<readonly string[]> {
  return (JSON.parse((await call(origin, servicesPath())).text) as { id: string }[]).map(({ id }) => id);
}

async function secretTexts(store: Store, name: string): Promise<Record<string, string> | undefined> {
  const secret = await store.collection<Secret>(secretKind).get({ name, namespace: NAMESPACE });
  if (!secret) return undefined;
  const entries = Object.entries(secret.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

async function nothingIsKept(store: Store): Promise<void> {
  const { secrets, accessServices } = await keptObjects(store);
  const groups = await store.collection<ClusterAssetGroup>(clusterAssetGroupKind).list();
  deepEqual(
    [...secrets, ...accessServices, ...groups.items].map(({ metadata }) => metadata.name),
    [],
  );
}

/** A store of which one method of one kind can be made to fail. */
function breakable<T extends Resource>(kind: Kind<T>, method: "create" | "update") {
  const state: { failure: Error | undefined } = { failure: undefined };
  const wrap = (store: Store): Store => {
    const wrapped = Object.create(store) as Store;
    const real = store.collection(kind);
    const broken = new Proxy(real, {
      get: (target, name) => {
        const { failure } = state;
        if (name === method && failure) return () => Promise.reject(failure);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(target) : value;
      },
    });
    return new Proxy(wrapped, {
      get: (_, name) => {
        if (name === "collection") {
          return (asked: Kind) =>
            asked === (kind as unknown)
              ? (broken as unknown as Collection<Resource>)
              : store.collection(asked);
        }
        const value: unknown = Reflect.get(store, name, store);
        return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(store) : value;
      },
    });
  };
  return { state, wrap };
}

test("registry services - what was registered is listed at once, in its order", async (context) => {
  const { origin } = await registryScene(context);
  const ids: string[] = [];
  for (let index = 0; index < 30; index++) {
    ids.push(await registered(origin, plainService(`service ${index}`)));
    deepEqual(await listedIds(origin), ids);
  }
});

test("registry services - many that register at once, and others that write the Application, lose nothing", async (context) => {
  const { origin, store } = await registryScene(context);
  const applications = store.collection<Application>(applicationKind);
  const label = async (index: number): Promise<void> => {
    for (;;) {
      const application = await applicationOf(store);
      const labels = { ...application.spec?.labels, [`l${index}`]: "x" };
      try {
        await applications.update({ ...application, spec: { ...application.spec, labels } });
        return;
      } catch (error) {
        if (!isStoreFailure(error, "STORE_CONFLICT")) throw error;
      }
    }
  };
  const others = async () => {
    for (let index = 0; index < 20; index++) await label(index);
  };
  const [ids] = await Promise.all([
    Promise.all(
      Array.from({ length: 60 }, (_, index) => registered(origin, plainService(`service ${index}`))),
    ),
    others(),
  ]);
  deepEqual((await listedIds(origin)).toSorted(), ids.toSorted());
  const { spec } = await applicationOf(store);
  equal(Object.keys(spec?.labels ?? {}).length, 20);
  equal(spec?.services?.length, 60);
});

test("registry services - of many with one identifier one is registered, and nothing is left of the others", async (context) => {
  const { origin, store } = await registryScene(context);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      post(origin, fullService({ name: `s ${index}`, identifier: "one" })),
    ),
  );
  deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array.from({ length: 7 }, () => 409)]);
  const { secrets, accessServices } = await keptObjects(store);
  equal(secrets.length, 2);
  equal(accessServices.length, 1);
  equal((await store.collection<ClusterAssetGroup>(clusterAssetGroupKind).list()).items.length, 1);
});

test("registry services - of two changes at once the service is one of both, with all its parts", async (context) => {
  const { origin, store } = await registryScene(context);
  const id = await registered(origin, markedService("shared", 0));
  for (let round = 0; round < 10; round++) {
    await Promise.all([1, 2, 3].map((version) => put(origin, id, markedService("shared", version))));
    const { description, api } = await shown(origin, id);
    equal(api?.spec?.info.title, description);
    const texts = await secretTexts(store, `shop-${id}`);
    const key = description === "v2" ? "password" : "clientSecret";
    equal(texts?.[key], description);
    equal(Object.keys(texts ?? {}).length, 2);
  }
});

test("registry services - who reads during changes sees the parts of one version", async (context) => {
  const { origin } = await registryScene(context);
  const id = await registered(origin, markedService("watched", 0));
  const writing = new AbortController();
  const reading = (async () => {
    let reads = 0;
    for (; !writing.signal.aborted; reads++) {
      const { description, api } = await shown(origin, id);
      equal(api?.spec?.info.title, description);
      deepEqual(Object.keys(api?.credentials ?? {}), [
        Number(description.slice(1)) % 2 === 0 ? "basic" : "oauth",
      ]);
    }
    return reads;
  })();
  for (let version = 1; version < 15; version++)
    equal((await put(origin, id, markedService("watched", version))).status, 200);
  writing.abort();
  ok((await reading) > 0);
});

test("registry services - a registration whose last step fails is told so, and nothing is left of it", async (context) => {
  const { state, wrap } = breakable(applicationKind, "update");
  const { origin, store } = await registryScene(context, { store: wrap });
  state.failure = new Error("the disk says geheim");
  const answer = await post(origin, fullService());
  equal(answer.status, 500);
  equal(answer.text, `{"code":500,"error":"Internal error."}\n`);
  await nothingIsKept(store);
  state.failure = new StoreFailure("STORE_DISK_FULL");
  const full = await post(origin, fullService());
  equal(full.status, 507);
  match(
    full.text,
    /Creating service failed, there is no room for it: the disk of the data directory is full/,
  );
  await nothingIsKept(store);
  state.failure = new StoreFailure("BLOB_STORE_UNAVAILABLE", ["S3 cannot be reached"]);
  const away = await post(origin, fullService());
  equal(away.status, 503);
  match(away.text, /Creating service failed, the documents cannot be read or written: S3 cannot be reached/);
  await nothingIsKept(store);
  state.failure = undefined;
  equal((await post(origin, fullService())).status, 200);
});

test("registry services - a change whose last step fails leaves the service as it was", async (context) => {
  const { state, wrap } = breakable(applicationKind, "update");
  const { origin, store } = await registryScene(context, { store: wrap });
  const id = await registered(origin, markedService("kept", 0));
  const before = await call(origin, `${servicesPath()}/${id}`);
  const texts = await secretTexts(store, `shop-${id}`);
  state.failure = new Error("broken");
  equal((await put(origin, id, markedService("kept", 1))).status, 500);
  equal((await call(origin, `${servicesPath()}/${id}`)).text, before.text);
  deepEqual(await secretTexts(store, `shop-${id}`), texts);
  equal((await keptObjects(store)).secrets.length, 2, "the record of the change is gone");
  state.failure = undefined;
  equal((await put(origin, id, markedService("kept", 1))).status, 200);
});

test("registry services - detailedErrorResponse shows what went wrong, without passwords of URLs", async (context) => {
  const { state, wrap } = breakable(applicationKind, "update");
  const { origin } = await registryScene(context, { store: wrap, options: { detailedErrorResponse: true } });
  state.failure = new Error("cannot reach https://anna:geheim@store.example/x now");
  const answer = await post(origin, plainService("a"));
  deepEqual(JSON.parse(answer.text), {
    code: 500,
    error: "cannot reach https://***:***@store.example/x now",
  });
});

test("registry services - a removed API takes its Secrets and its Access Service along, and its documents", async (context) => {
  const { origin, store } = await registryScene(context);
  const id = await registered(origin, fullService());
  const { secrets, accessServices } = await keptObjects(store);
  deepEqual(secrets.map(({ metadata }) => metadata.name).toSorted(), [
    `params-shop-${id}`.slice(0, 63),
    `shop-${id}`,
  ]);
  deepEqual(
    accessServices.map(({ metadata }) => metadata.labels),
    [{ app: "shop", serviceId: id }],
  );
  equal((await put(origin, id, plainService("Orders API"))).status, 200);
  await nothingIsKept(store);
  equal((await put(origin, id, fullService())).status, 200);
  equal((await keptObjects(store)).secrets.length, 2);
  equal((await call(origin, `${servicesPath()}/${id}`, { method: "DELETE" })).status, 204);
  await nothingIsKept(store);
});

test("registry services - deleting the Application removes everything of its services", async (context) => {
  const { origin, store } = await registryScene(context);
  await registered(origin, fullService());
  await store.collection<Application>(applicationKind).remove({ name: "shop" });
  await nothingIsKept(store);
  await eventually(async () => equal((await call(origin, servicesPath())).status, 404));
});

test("registry services - a masked credential keeps the stored one, and is refused where none is stored", async (context) => {
  const { origin, store } = await registryScene(context);
  const id = await registered(origin, fullService());
  const api = (credentials: object) => ({ targetUrl: "https://orders.acme.example/v2", credentials });
  const masked = fullService({ api: api({ basic: { username: "berta", password: "********" } }) });
  equal((await put(origin, id, masked)).status, 200);
  deepEqual(await secretTexts(store, `shop-${id}`), { username: "berta", password: "geheim" });
  const oauth = { url: "https://idp.example/token", clientId: "c", clientSecret: "********" };
  const other = await put(origin, id, fullService({ api: api({ oauth }) }));
  equal(other.status, 400, other.text);
  equal((await post(origin, { ...masked, name: "new" })).status, 400);
  deepEqual(await secretTexts(store, `shop-${id}`), { username: "berta", password: "geheim" });
});

test("registry services - a Secret that was deleted by hand is told of, and comes back with the next change", async (context) => {
  const { origin, store } = await registryScene(context);
  const id = await registered(origin, fullService());
  const secret = { name: `shop-${id}`, namespace: NAMESPACE };
  await store.collection<Secret>(secretKind).remove(secret);
  const answer = await call(origin, `${servicesPath()}/${id}`);
  equal(answer.status, 200);
  equal(answer.headers["warning"], `199 - "Secret shop-${id} not found"`);
  equal(answer.headers["x-registry-warnings"], "1");
  deepEqual((JSON.parse(answer.text) as Shown).api?.credentials, {
    basic: { username: "********", password: "********" },
  });
  equal((await put(origin, id, fullService())).status, 200);
  deepEqual(await secretTexts(store, secret.name), { username: "anna", password: "geheim" });
});

test("registry services - a specification that cannot be fetched refuses the registration, and nothing is left", async (context) => {
  await using target = await startTarget((answered) => answered.respond(404, {}, ""));
  const { origin, store } = await registryScene(context);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const answer = await post(origin, plainService("a", { api }));
  equal(answer.status, 502);
  match(
    answer.text,
    /"error":"Determining API spec for service with ID [-0-9a-f]{36} failed, Fetching API spec from http:\/\/127\.0\.0\.1:\d+\/spec failed with status 404 Not Found"/,
  );
  await nothingIsKept(store);
  const id = await registered(origin, plainService("a", { api: { targetUrl: "https://a.example" } }));
  const changed = await put(origin, id, plainService("a", { api }));
  equal(changed.status, 502);
  match(
    changed.text,
    new RegExp(`Updating ${id} service failed, saving specification failed, Fetching API spec`),
  );
});

test("registry services - with the policy warn a service is registered without the specification, and told so", async (context) => {
  await using target = await startTarget((answered) => answered.respond(503, {}, ""));
  const { origin } = await registryScene(context, { options: { specFetchPolicy: "warn" } });
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const answer = await post(origin, plainService("a", { api }));
  equal(answer.status, 200, answer.text);
  match(
    String(answer.headers["warning"]),
    /Fetching API spec from .* failed with status 503 Service Unavailable/,
  );
});

test("registry services - who waits too long for others' specifications is told so, and nothing is kept", async (context) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await using slow = await startTarget(async (answered) => {
    await released;
    await answered.respond(200, {}, '{"openapi":"3.0.0"}');
  });
  const scene = await registryScene(context, { options: { specFetches: 1, specRequestTimeout: 1500 } });
  const { origin, store } = scene;
  const api = { targetUrl: "https://a.example", specificationUrl: `${slow.url}/spec` };
  const first = post(origin, plainService("first", { api }));
  await eventually(() => equal(slow.calls.length, 1));
  const others = ["b", "c", "d", "e"].map((name) => post(origin, plainService(name, { api })));
  // The first gives up after the same time, so that one of the others may have its turn at last.
  equal((await first).status, 502);
  const answers = await Promise.all(others);
  ok(answers.filter(({ status }) => status === 503).length >= 3);
  const busy = answers.find(({ status }) => status === 503);
  equal(busy?.headers["retry-after"], "10");
  match(
    busy?.text ?? "",
    /"error":"Determining API spec for service with ID [-0-9a-f]{36} failed, Fetching API spec from http:\/\/127\.0\.0\.1:\d+\/spec failed, too many others are being fetched, and no turn came within 1500ms"/,
  );
  await nothingIsKept(store);
  release();
  await registered(origin, plainService("first", { api }));
});

test("registry services - a specification is fetched again on request, and the other documents stay", async (context) => {
  const document = (title: string) =>
    JSON.stringify({ openapi: "3.0.0", info: { title, version: "1" }, paths: {} });
  let title = "first";
  await using target = await startTarget((answered) => answered.respond(200, {}, document(title)));
  const { origin } = await registryScene(context);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const id = await registered(origin, fullService({ api }));
  equal((await shown(origin, id)).api?.spec?.info.title, "first");
  title = "second";
  const refreshed = await call(origin, `${servicesPath()}/${id}/specs/refresh`, { method: "POST" });
  equal(refreshed.status, 200, refreshed.text);
  equal((JSON.parse(refreshed.text) as object[]).length, 3);
  equal((await shown(origin, id)).api?.spec?.info.title, "second");
});

test("registry services - a specification behind a password is fetched again without it, and never with its mask", async (context) => {
  let isOpen = false;
  await using target = await startTarget((answered) => {
    const isAllowed = isOpen || answered.header("authorization") !== undefined;
    void answered.respond(isAllowed ? 200 : 401, {}, '{"openapi":"3.0.0"}');
  });
  const { origin } = await registryScene(context);
  const specificationUrl = `${target.url.replace("//", "//anna:geheim@")}/spec`;
  const api = { targetUrl: "https://a.example", specificationUrl };
  const id = await registered(origin, plainService("a", { api }));
  equal(target.last.header("authorization"), `Basic ${Buffer.from("anna:geheim").toString("base64")}`);
  const refresh = () => call(origin, `${servicesPath()}/${id}/specs/refresh`, { method: "POST" });
  const refused = await refresh();
  equal(refused.status, 502, refused.text);
  equal(target.last.header("authorization"), undefined);
  isOpen = true;
  equal((await refresh()).status, 200);
});

test("registry services - a generated certificate is shown, kept by a change, and rotated on request", async (context) => {
  const { origin, store } = await registryScene(context);
  const credentials = { certificateGen: { commonName: "orders" } };
  const service = fullService({ api: { targetUrl: "https://a.example", credentials } });
  const id = await registered(origin, service);
  const certificateIn = (text: string | undefined) => new X509Certificate(Buffer.from(text ?? "", "base64"));
  const first = (await shown(origin, id)).api?.credentials?.["certificateGen"];
  equal(first?.["commonName"], "orders");
  equal(certificateIn(first?.["certificate"]).subject, "CN=orders");
  equal((await put(origin, id, service)).status, 200);
  deepEqual((await shown(origin, id)).api?.credentials?.["certificateGen"], first);
  const rotated = await call(origin, `${servicesPath()}/${id}/certificate/rotate`, { method: "POST" });
  equal(rotated.status, 200, rotated.text);
  const second = JSON.parse(rotated.text) as Record<string, string>;
  ok(second["certificate"] !== first?.["certificate"]);
  const texts = await secretTexts(store, `shop-${id}`);
  equal(texts?.["crt"], Buffer.from(second["certificate"] ?? "", "base64").toString());
  const plain = await registered(origin, plainService("plain"));
  equal(
    (await call(origin, `${servicesPath()}/${plain}/certificate/rotate`, { method: "POST" })).status,
    400,
  );
});

test("registry services - names of Applications and services may be long, dotted or not ASCII", async (context) => {
  const { origin, store } = await registryScene(context);
  const name = `v0.0.1-${"a".repeat(57)}`;
  await store.collection<Application>(applicationKind).create({ metadata: { name } });
  await eventually(async () => equal((await call(origin, servicesPath(name))).status, 200));
  for (const display of ["注文", "Bestellungen für alle", "注文2"]) {
    const id = await registered(origin, fullService({ name: display }), name);
    const answer = await call(origin, `${servicesPath(name)}/${id}`);
    equal(answer.status, 200, answer.text);
    equal((JSON.parse(answer.text) as { name: string }).name, display);
    equal((await call(origin, `${servicesPath(name)}/${id}`, { method: "DELETE" })).status, 204);
  }
  await nothingIsKept(store);
});

test("registry services - an Application takes services from the moment that it is created", async (context) => {
  const { origin, store } = await registryScene(context);
  const applications = store.collection<Application>(applicationKind);
  for (let index = 0; index < 30; index++) {
    const name = `new-${index}`;
    await applications.create({ metadata: { name } });
    const answers = await Promise.all(
      [1, 2].map((number) => post(origin, plainService(`s ${number}`), name)),
    );
    deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    await applications.remove({ name });
    await eventually(async () => equal((await call(origin, servicesPath(name))).status, 404));
  }
});

test("registry services - the namespace of credentials is made where it is not there", async (context) => {
  const credentialsNamespace = "kyma-integration";
  const { origin, store } = await registryScene(context, { credentialsNamespace });
  const id = await registered(origin, fullService());
  ok(await store.collection<Secret>(secretKind).get({ name: `shop-${id}`, namespace: credentialsNamespace }));
});

test("registry services - compat 1x allows equal names and renames", async (context) => {
  const { origin } = await registryScene(context, { options: { compat: "1x" } });
  const id = await registered(origin, fullService());
  await registered(origin, fullService());
  equal((await put(origin, id, fullService({ name: "Other" }))).status, 200);
});

test("registry services - what was left is collected at the next start, and what others made is not", async () => {
  using directory = new TemporaryDirectory();
  {
    await using scene = await openRegistryScene({ directory: directory.path });
    await createApplication(scene, "shop");
    const id = await registered(scene.origin, fullService());
    const application = await applicationOf(scene.store);
    const changed = { ...application, spec: { ...application.spec, services: [] } };
    await scene.store.collection<Application>(applicationKind).update(changed);
    const metadata = { name: "own", namespace: NAMESPACE, labels: { app: "shop", serviceId: id } };
    await scene.store.collection<Secret>(secretKind).create({ metadata });
  }
  await using scene = await openRegistryScene({ directory: directory.path });
  const { secrets, accessServices } = await keptObjects(scene.store);
  deepEqual(
    [...secrets, ...accessServices].map(({ metadata }) => metadata.name),
    ["own"],
  );
  equal((await scene.store.collection<ClusterAssetGroup>(clusterAssetGroupKind).list()).items.length, 0);
});
