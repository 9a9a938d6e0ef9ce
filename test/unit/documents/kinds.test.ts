import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { clusterAssetGroupKind } from "../../../src/core/resources/cluster-asset-group.ts";
import { clusterAssetKind } from "../../../src/core/resources/cluster-asset.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { openTestStore } from "../../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const URL_OF_FILE = "https://documents.example/a.json";

function cells<T extends Resource>(kind: Kind<T>, value: T): Readonly<Record<string, unknown>> {
  const now = Date.parse(value.metadata.creationTimestamp);
  return Object.fromEntries(kind.columns.map(({ name, cell }) => [name, cell(value, now)]));
}

test("asset kinds - a group is stored with its status as a subresource and listed with its phase", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openTestStore(directory.path);
  const groups = store.collection(clusterAssetGroupKind);
  const source = { name: "openapi-a1", type: "openapi", mode: "single", url: URL_OF_FILE } as const;
  const created = await groups.create({
    metadata: { name: "a1" },
    spec: { displayName: "Orders", description: "", sources: [source] },
  });
  equal(created.status, undefined);
  const written = await groups.updateStatus({
    ...created,
    status: { phase: "Ready", reason: "AssetsReady" },
  });
  equal(written.metadata.generation, 1);
  deepEqual(cells(clusterAssetGroupKind, written), {
    Name: "a1",
    Phase: "Ready",
    Age: "0s",
    "Display Name": "Orders",
    Message: null,
  });
});

test("asset kinds - sources must have a type, and names and modes as the original wants them", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openTestStore(directory.path);
  const groups = store.collection(clusterAssetGroupKind);
  const good = { name: "openapi-a1", type: "openapi", mode: "single", url: URL_OF_FILE } as const;
  for (const wrong of [{ name: "1openapi" }, { name: "a_b" }, { type: "-x" }, { mode: "all" as "single" }]) {
    const spec = { displayName: "", description: "", sources: [{ ...good, ...wrong }] };
    await rejects(groups.create({ metadata: { name: "a1" }, spec }), { code: "STORE_INVALID" });
  }
});

test("asset kinds - an asset is listed with its type and phase", async () => {
  using directory = new TemporaryDirectory();
  await using store = await openTestStore(directory.path);
  const assets = store.collection(clusterAssetKind);
  const created = await assets.create({
    metadata: { name: "a1", labels: { "rafter.kyma-project.io/type": "asyncapi" } },
    spec: { source: { mode: "single", url: URL_OF_FILE }, bucketRef: { name: "documents" } },
  });
  const baseUrl = "https://documents.example";
  const files = [{ name: "a.json", metadata: { title: "Orders" } }];
  const status = { phase: "Failed", reason: "ValidationFailed", assetRef: { baseUrl, files } } as const;
  const written = await assets.updateStatus({ ...created, status });
  deepEqual(written.status?.assetRef?.files, files);
  deepEqual(cells(clusterAssetKind, written), {
    Name: "a1",
    Type: "asyncapi",
    Phase: "Failed",
    Age: "0s",
    Reason: "ValidationFailed",
    "Base URL": baseUrl,
  });
});
