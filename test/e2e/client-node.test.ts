import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Secret,
} from "@kubernetes/client-node";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";

const APPLICATIONS = {
  group: "applicationconnector.kyma-project.io",
  version: "v1alpha1",
  plural: "applications",
};

interface Read {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly description: string; readonly encodeUrl: boolean };
}

suite("client-node", () => {
  let installation: ServedInstallation;
  let config: KubeConfig;
  before(async () => {
    installation = await ServedInstallation.start();
    config = new KubeConfig();
    config.loadFromFile(installation.kubeconfig);
  });
  after(() => installation[Symbol.asyncDispose]());

  function application(name: string, description: string) {
    const apiVersion = `${APPLICATIONS.group}/${APPLICATIONS.version}`;
    return { apiVersion, kind: "Application", metadata: { name }, spec: { description } };
  }

  test("client-node - an Application is created, merged into, read, replaced, listed and deleted", async () => {
    const api = config.makeApiClient(CustomObjectsApi);
    const at = { ...APPLICATIONS, name: "shop" };
    await api.createClusterCustomObject({ ...APPLICATIONS, body: application("shop", "one") });
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await api.patchClusterCustomObject({ ...at, body: { spec: { description: "two" } } }, merge);
    const read = (await api.getClusterCustomObject(at)) as Read;
    assert.deepEqual([read.spec.description, read.spec.encodeUrl], ["two", true]);
    await api.replaceClusterCustomObject({
      ...at,
      body: { ...read, spec: { ...read.spec, description: "three" } },
    });
    await assert.rejects(api.replaceClusterCustomObject({ ...at, body: read }), { code: 409 });
    const list = (await api.listClusterCustomObject(APPLICATIONS)) as { items: Read[] };
    assert.deepEqual(
      list.items.map(({ metadata, spec }) => [metadata.name, spec.description]),
      [["shop", "three"]],
    );
    await api.deleteClusterCustomObject(at);
    await assert.rejects(api.getClusterCustomObject(at), { code: 404 });
  });

  test("client-node - a Secret that was read is sent back with its times, and nothing is wrong with them", async () => {
    const api = config.makeApiClient(CoreV1Api);
    const namespace = "default";
    const body = { metadata: { name: "kept" }, stringData: { password: "p" } };
    await api.createNamespacedSecret({ namespace, body });
    const read = await api.readNamespacedSecret({ name: "kept", namespace });
    assert(read.metadata?.creationTimestamp instanceof Date);
    assert.deepEqual(read.data, { password: "cA==" });
    const replaced = await api.replaceNamespacedSecret({
      name: "kept",
      namespace,
      body: { ...read, data: { password: "cQ==" } },
    });
    assert.deepEqual(replaced.data, { password: "cQ==" });
    assert.deepEqual(replaced.metadata?.creationTimestamp, read.metadata.creationTimestamp);
    await api.deleteNamespacedSecret({ name: "kept", namespace });
  });

  test("client-node - objects of any kind are found by discovery", async () => {
    const api = KubernetesObjectApi.makeApiClient(config);
    await api.create(application("found", "one"));
    const subscription = {
      apiVersion: "eventing.kyma-project.io/v1alpha2",
      kind: "Subscription",
      metadata: { name: "orders", namespace: "default" },
      spec: { sink: "http://orders.default.svc.cluster.local", source: "shop", types: ["order.created.v1"] },
    };
    const created: object = await api.create(subscription);
    assert.deepEqual((created as { spec: { config: object } }).spec.config, { maxInFlightMessages: "10" });
    const header = { ...application("found", ""), spec: { description: "two" } };
    const patched: object = await api.patch(
      header,
      undefined,
      undefined,
      undefined,
      undefined,
      PatchStrategy.MergePatch,
    );
    assert.equal((patched as Read).spec.description, "two");
    await api.delete(subscription);
    await api.delete(application("found", ""));
  });

  test("client-node - a server-side apply makes and changes an object, and conflicts with another manager's", async () => {
    const api = KubernetesObjectApi.makeApiClient(config);
    const apply = (description: string, manager: string, force = false) =>
      api.patch(
        application("applied", description),
        undefined,
        undefined,
        manager,
        force,
        PatchStrategy.ServerSideApply,
      );
    await apply("one", "first");
    const changed: object = await apply("two", "first");
    assert.equal((changed as Read).spec.description, "two");
    await assert.rejects(apply("three", "second"), { code: 409 });
    const forced: object = await apply("three", "second", true);
    assert.equal((forced as Read).spec.description, "three");
    const entries = (forced as { metadata: { managedFields: { manager: string }[] } }).metadata.managedFields;
    assert.deepEqual(
      entries.map(({ manager }) => manager),
      ["second"],
    );
    await api.delete(application("applied", ""));
  });

  test("client-node - an informer has what is there and sees what comes", async () => {
    const api = config.makeApiClient(CoreV1Api);
    const namespace = "default";
    await api.createNamespacedSecret({ namespace, body: { metadata: { name: "first" } } });
    const informer = makeInformer<V1Secret>(config, `/api/v1/namespaces/${namespace}/secrets`, () =>
      api.listNamespacedSecret({ namespace }),
    );
    const seen: string[] = [];
    const note = (event: string) => (value: V1Secret) => void seen.push(`${event} ${value.metadata?.name}`);
    informer.on("add", note("add"));
    informer.on("update", note("update"));
    informer.on("delete", note("delete"));
    informer.on("error", (error: unknown) => void seen.push(`error ${String(error)}`));
    await informer.start();
    try {
      await eventually(() => assert.deepEqual(seen, ["add first"]));
      await api.createNamespacedSecret({ namespace, body: { metadata: { name: "second" } } });
      const labelled = { metadata: { name: "second", labels: { a: "b" } } };
      await api.replaceNamespacedSecret({ name: "second", namespace, body: labelled });
      await api.deleteNamespacedSecret({ name: "first", namespace });
      await eventually(() =>
        assert.deepEqual(seen, ["add first", "add second", "update second", "delete first"]),
      );
    } finally {
      await informer.stop();
    }
  });
});
