import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { clusterAssetGroupKind } from "../../../src/core/resources/cluster-asset-group.ts";
import type { Store } from "../../../src/stores/store.ts";
import { call } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import {
  applicationOf,
  createApplication,
  fullService,
  keptObjects,
  openRegistryScene,
  registered,
  registryScene,
  send,
  servicesPath,
  type RegistryScene,
  type RegistrySceneOptions,
} from "../../doubles/registry.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const titled = (title: string) => {
  const spec = { swagger: "2.0", info: { title, version: "1" }, paths: {} };
  const credentials = { basic: { username: title, password: title } };
  return fullService({ api: { targetUrl: "https://orders.example", spec, credentials } });
};

/** The service of one Application, and another Application that was made of it. */
async function copied(
  scene: RegistryScene,
  [original, copy]: readonly [string, string] = ["shop", "copy"],
): Promise<string> {
  if (original !== "shop") await createApplication(scene, original);
  const id = await registered(scene.origin, titled("first"), original);
  await createApplication(scene, copy, (await applicationOf(scene.store, original)).spec?.services ?? []);
  return id;
}

async function titleOf(origin: string, id: string, application: string): Promise<string | undefined> {
  const answer = await call(origin, `${servicesPath(application)}/${id}`);
  equal(answer.status, 200, answer.text);
  const { api } = JSON.parse(answer.text) as { api: { spec?: { info: { title: string } } } };
  return api.spec?.info.title;
}

const specs = (origin: string, id: string, application: string, rest = "") =>
  call(origin, `${servicesPath(application)}/${id}/specs${rest}`);

const change = (origin: string, id: string, application: string, body: unknown) =>
  send(origin, `${servicesPath(application)}/${id}`, { method: "PUT" }, body);

const remove = (origin: string, id: string, application: string) =>
  call(origin, `${servicesPath(application)}/${id}`, { method: "DELETE" });

async function groupNames(store: Store): Promise<readonly string[]> {
  const { items } = await store.collection(clusterAssetGroupKind).list();
  return items.map(({ metadata }) => metadata.name).toSorted();
}

async function changedCopy(context: TestContext, given?: RegistrySceneOptions) {
  const scene = await registryScene(context, given);
  const id = await copied(scene);
  const changed = await change(scene.origin, id, "copy", titled("second"));
  equal(changed.status, 200, changed.text);
  return { ...scene, id };
}

test("equal ids - an Application is not shown the documents and credentials of another", async (context) => {
  const scene = await registryScene(context);
  const id = await copied(scene);
  const { origin } = scene;
  equal(await titleOf(origin, id, "shop"), "first");
  equal(await titleOf(origin, id, "copy"), undefined);
  deepEqual(JSON.parse((await specs(origin, id, "copy")).text), []);
  equal((await specs(origin, id, "copy", "/openapi")).status, 404);
  equal((await specs(origin, id, "copy", "/openapi/report")).status, 404);
  const api = {
    targetUrl: "https://mine.example",
    credentials: { basic: { username: "********", password: "********" } },
  };
  equal((await change(origin, id, "copy", fullService({ api }))).status, 400);
});

test("equal ids - each Application has documents of its own, in groups of two names", async (context) => {
  const { origin, store, id } = await changedCopy(context);
  equal(await titleOf(origin, id, "shop"), "first");
  equal(await titleOf(origin, id, "copy"), "second");
  match((await specs(origin, id, "shop", "/openapi")).text, /"first"/);
  match((await specs(origin, id, "copy", "/openapi")).text, /"second"/);
  const [first, second, ...more] = await groupNames(store);
  deepEqual(more, []);
  ok([first, second].includes(id));
  ok([first, second].some((name) => /^id-[0-9a-f]{40}$/.test(name ?? "")));
});

test("equal ids - whoever removes his service leaves the other's documents", async (context) => {
  const { origin, store, id } = await changedCopy(context);
  equal((await remove(origin, id, "copy")).status, 204);
  deepEqual(await groupNames(store), [id]);
  equal(await titleOf(origin, id, "shop"), "first");
});

test("equal ids - documents are found by their other name after the usual one is free", async (context) => {
  const { origin, store, id } = await changedCopy(context);
  equal((await remove(origin, id, "shop")).status, 204);
  equal(await titleOf(origin, id, "copy"), "second");
  equal((await change(origin, id, "copy", titled("third"))).status, 200);
  equal(await titleOf(origin, id, "copy"), "third");
  equal((await groupNames(store)).length, 1);
});

test("equal ids - a restart finds both, and what one has left is collected alone", async () => {
  using directory = new TemporaryDirectory();
  let id = "";
  {
    await using scene = await openRegistryScene({ directory: directory.path });
    await createApplication(scene, "shop");
    id = await copied(scene);
    equal((await change(scene.origin, id, "copy", titled("second"))).status, 200);
  }
  {
    await using scene = await openRegistryScene({ directory: directory.path });
    equal(await titleOf(scene.origin, id, "shop"), "first");
    equal(await titleOf(scene.origin, id, "copy"), "second");
    const applications = scene.store.collection<Application>(applicationKind);
    const copy = await applicationOf(scene.store, "copy");
    await applications.update({ ...copy, spec: { ...copy.spec, services: [] } });
  }
  await using scene = await openRegistryScene({ directory: directory.path });
  await eventually(async () => deepEqual(await groupNames(scene.store), [id]));
  equal(await titleOf(scene.origin, id, "shop"), "first");
});

test("equal ids - a group that names no Application belongs to the only one that has the service", async (context) => {
  const scene = await registryScene(context);
  const { origin, store } = scene;
  const id = await registered(origin, titled("first"));
  const groups = store.collection(clusterAssetGroupKind);
  await scene.documents.catalog.list("shop", id);
  await eventually(async () => {
    const group = await groups.get({ name: id });
    ok(group);
    const metadata = { ...group.metadata, annotations: {}, ownerReferences: [] };
    await groups.update({ ...group, metadata });
  });
  equal(await titleOf(origin, id, "shop"), "first");
  await createApplication(scene, "copy", (await applicationOf(store)).spec?.services ?? []);
  equal(await titleOf(origin, id, "copy"), undefined);
  equal((await remove(origin, id, "copy")).status, 204);
  deepEqual(await groupNames(store), [id]);
  equal(await titleOf(origin, id, "shop"), "first");
  equal((await remove(origin, id, "shop")).status, 204);
  deepEqual(await groupNames(store), []);
});

test("equal ids - Secrets of an Application whose name becomes the same are neither changed nor removed", async (context) => {
  const scene = await registryScene(context);
  const { origin, store } = scene;
  const id = await copied(scene, ["a.b", "a-b"]);
  const before = await keptObjects(store);
  equal(before.secrets.length, 1);
  const entry = await applicationOf(store, "a-b");
  const refused = await change(origin, id, "a-b", titled("second"));
  equal(refused.status, 409);
  match(
    refused.text,
    /^\{"code":409,"error":"Updating .* failed, (Secret|Service) \S+ belongs to another App/,
  );
  deepEqual((await applicationOf(store, "a-b")).spec, entry.spec);
  equal(await titleOf(origin, id, "a-b"), undefined);
  deepEqual(await keptObjects(store), before);
  equal((await remove(origin, id, "a-b")).status, 204);
  deepEqual(await keptObjects(store), before);
  equal(await titleOf(origin, id, "a.b"), "first");
});
