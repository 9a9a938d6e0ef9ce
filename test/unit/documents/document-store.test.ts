import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { clusterAssetGroupKind } from "../../../src/core/resources/cluster-asset-group.ts";
import type { DocumentType } from "../../../src/documents/document.ts";
import { documentsOf } from "../../../src/documents/group-object.ts";
import { noticedLines } from "../../doubles/noticed.ts";
import { RunningDocuments, readAll } from "../../doubles/documents.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const GROUP = { application: "shop", serviceId: ID, displayName: "Orders", description: "All orders" };

const OPENAPI = '{"openapi":"3.0.3","info":{"title":"Orders","version":"1"},"paths":{}}';
const BROKEN_OPENAPI = '{"openapi":"3.0.3","info":{"title":"Orders"},"paths":{}}';
const OLD_EVENTS =
  '{"asyncapi":"1.2.0","info":{"title":"E","version":"1"},"topics":{"order.created":{"subscribe":{"payload":{"type":"object"}}}}}';

function document(type: DocumentType, text: string, fileName = `${type}.json`) {
  return { type, fileName, content: Buffer.from(text) };
}

async function publish(
  running: RunningDocuments,
  ...documents: ReturnType<typeof document>[]
): Promise<void> {
  await running.services.publish(GROUP, await running.services.stage(documents));
}

async function texts(running: RunningDocuments): Promise<Record<string, string>> {
  const documents = await readAll(running.services, ID);
  return Object.fromEntries(documents.map(({ type, content }) => [type, Buffer.from(content).toString()]));
}

test("document store - nothing is visible before it is published, and then what was uploaded is", async () => {
  await using running = await RunningDocuments.open();
  const staged = await running.services.stage([document("openapi", OPENAPI), document("docs", "{}")]);
  deepEqual(await readAll(running.services, ID), []);
  deepEqual(await running.groups(), []);
  await running.services.publish(GROUP, staged);
  deepEqual(await texts(running), { openapi: OPENAPI, docs: "{}" });
  const [first] = await readAll(running.services, ID);
  equal(first?.fileName, "openapi.json");
  equal(first?.hash, staged.documents[0]?.hash);
});

test("document store - the group names its documents, its service and its Application", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI, "apiSpec.json"));
  const [group] = await running.groups();
  const owner = await running.store.collection(applicationKind).get({ name: "shop" });
  equal(group?.metadata.name, ID);
  equal(group?.metadata.labels?.["rafter.kyma-project.io/view-context"], "service-catalog");
  deepEqual(
    group?.metadata.ownerReferences?.map(({ uid }) => uid),
    [owner?.metadata.uid],
  );
  equal(group?.spec.displayName, "Orders");
  equal(group?.spec.description, "All orders");
  const [source] = group?.spec.sources ?? [];
  equal(source?.name, `openapi-${ID}`);
  equal(source?.mode, "single");
  match(source?.url ?? "", new RegExp(`^${running.origin}/documents/${ID}/[0-9a-f]{64}/apiSpec\\.json$`));
});

test("document store - checks are told in ClusterAssets, and a broken document hides no other", async (context) => {
  const lines = noticedLines(context);
  await using running = await RunningDocuments.open();
  await publish(
    running,
    document("openapi", BROKEN_OPENAPI),
    document("docs", '{"displayName":"D","type":"x"}'),
  );
  const states = await running.catalog.list("shop", ID);
  deepEqual(
    states.map(({ type, phase, reason }) => [type, phase, reason]),
    [
      ["openapi", "Failed", "ValidationFailed"],
      ["docs", "Ready", "Uploaded"],
    ],
  );
  deepEqual(lines, [
    `Application/shop DocumentNotValid: service ${ID}: openapi.json is not as its format asks for, or could not be checked (ValidationFailed)`,
  ]);
  ok((states[0]?.findings.error ?? 0) > 0);
  equal(states[0]?.size, BROKEN_OPENAPI.length);
  const findings = await running.catalog.findings("shop", ID, "openapi");
  ok(findings?.some(({ severity }) => severity === "error"));
  const [group] = await running.groups();
  equal(group?.status?.phase, "Ready");
  equal(group?.status?.reason, "AssetsReady");
  match(group?.status?.message ?? "", /with \d+ warnings; 1 of 2 did not pass the check/);
  deepEqual(await texts(running), { openapi: BROKEN_OPENAPI, docs: '{"displayName":"D","type":"x"}' });
  const assets = await running.assets();
  deepEqual(
    assets.map(({ metadata }) => [
      metadata.labels?.["rafter.kyma-project.io/asset-group"],
      metadata.ownerReferences?.[0]?.name,
    ]),
    [
      [ID, ID],
      [ID, ID],
    ],
  );
});

test("document store - events of version 1 are read as uploaded and published as converted", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("asyncapi", OLD_EVENTS, "asyncApiSpec.json"));
  const published = await running.catalog.published("shop", ID, "asyncapi");
  const converted = JSON.parse(Buffer.from(published?.content ?? []).toString()) as Record<string, unknown>;
  equal(converted["asyncapi"], "2.0.0");
  deepEqual(await texts(running), { asyncapi: OLD_EVENTS });
  const [asset] = await running.assets();
  const { baseUrl, files } = asset?.status?.assetRef ?? {};
  const answer = await fetch(`${baseUrl}/${files?.[0]?.name}`, { headers: { Authorization: "Bearer good" } });
  deepEqual(await answer.json(), converted);
});

test("document store - a publication replaces all documents, and what is not there any more goes", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI), document("docs", "{}"));
  await running.catalog.list("shop", ID);
  await publish(running, document("openapi", BROKEN_OPENAPI));
  deepEqual(await texts(running), { openapi: BROKEN_OPENAPI });
  await running.catalog.list("shop", ID);
  equal((await running.assets()).length, 1);
});

test("document store - no documents at all remove the group with everything", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI));
  await running.catalog.list("shop", ID);
  await publish(running);
  deepEqual(await running.groups(), []);
  deepEqual(await running.assets(), []);
  deepEqual(await readAll(running.services, ID), []);
  await running.services.remove("shop", ID);
});

test("document store - nothing is left of documents when their Application is deleted", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI));
  await running.catalog.list("shop", ID);
  await running.store.collection(applicationKind).remove({ name: "shop" });
  deepEqual(await running.groups(), []);
  deepEqual(await running.assets(), []);
});

test("document store - the same documents published again change nothing", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI));
  await running.catalog.list("shop", ID);
  const before = [...(await running.groups()), ...(await running.assets())];
  await publish(running, document("openapi", OPENAPI));
  await running.catalog.list("shop", ID);
  deepEqual([...(await running.groups()), ...(await running.assets())], before);
});

test("document store - the last five versions are kept with their dates and contents", async () => {
  const clock = new FakeClock();
  await using running = await RunningDocuments.open({ clock });
  for (let version = 1; version <= 7; version++) {
    await publish(running, document("docs", `{"version":${version}}`));
    await clock.advance(1000);
  }
  const history = await running.catalog.history("shop", ID);
  deepEqual(
    history.map(({ version }) => version),
    [7, 6, 5, 4, 3],
  );
  equal(history[0]?.at, "2026-01-01T00:00:06.000Z");
  const oldest = history.at(-1)?.documents[0]?.hash ?? "";
  equal((await running.catalog.content("shop", ID, oldest))?.toString(), '{"version":3}');
  const [forgotten = ""] = running.blobs.hashes;
  equal(await running.catalog.content("shop", ID, forgotten), undefined);
});

test("document store - an owner that is given is not looked up", async () => {
  await using running = await RunningDocuments.open();
  const staged = await running.services.stage([document("docs", "{}")]);
  const applicationUid = "0b1c2d3e-0000-4000-8000-00000000000a";
  await running.services.publish({ ...GROUP, applicationUid }, staged);
  const [group] = await running.groups();
  deepEqual(
    group?.metadata.ownerReferences?.map(({ name, kind, uid }) => [name, kind, uid]),
    [["shop", "Application", applicationUid]],
  );
});

test("document store - publications at the same time give one of them, whole", async () => {
  await using running = await RunningDocuments.open();
  const numbers = Array.from({ length: 12 }, (_, index) => index);
  await Promise.all(
    numbers.map((number) =>
      publish(running, document("openapi", `{"number":${number}}`), document("docs", `{"number":${number}}`)),
    ),
  );
  const read = await texts(running);
  equal(read["openapi"], read["docs"]);
  equal((await running.catalog.history("shop", ID)).length, 5);
  await running.catalog.list("shop", ID);
  equal((await running.assets()).length, 2);
});

test("document store - an Application that is not there, and documents that were not staged, are refused", async () => {
  await using running = await RunningDocuments.open();
  const staged = await running.services.stage([document("docs", "{}")]);
  await rejects(running.services.publish({ ...GROUP, application: "none" }, staged), {
    code: "DOCUMENTS_APPLICATION_MISSING",
  });
  const unknown = { documents: [{ type: "docs" as const, hash: "0".repeat(64) }] };
  await rejects(running.services.publish(GROUP, unknown), { code: "DOCUMENTS_STAGED_GONE" });
  deepEqual(await running.groups(), []);
});

test("document store - content that is lost is told, not left out", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("docs", "{}"));
  const [kept] = await readAll(running.services, ID);
  running.blobs.lose(kept?.hash ?? "");
  await rejects(readAll(running.services, ID), { code: "DOCUMENTS_CONTENT_MISSING" });
});

test("document store - ids that are no names of objects have documents too", async () => {
  await using running = await RunningDocuments.open();
  for (const serviceId of ["Orders API", "a.b", "x".repeat(300), "id-" + "0".repeat(40), "-"]) {
    const staged = await running.services.stage([document("docs", JSON.stringify({ serviceId }))]);
    await running.services.publish({ ...GROUP, serviceId }, staged);
    const [kept] = await readAll(running.services, serviceId);
    deepEqual(JSON.parse(Buffer.from(kept?.content ?? []).toString()), { serviceId });
    equal((await running.catalog.list("shop", serviceId))[0]?.phase, "Ready");
  }
  equal((await running.groups()).length, 5);
});

test("document store - sources that somebody wrote by hand are not fetched and hide nothing", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("docs", "{}"));
  await running.catalog.list("shop", ID);
  const groups = running.store.collection(clusterAssetGroupKind);
  const group = (await groups.get({ name: ID }))!;
  const foreign = {
    name: "foreign",
    type: "openapi",
    mode: "single",
    url: "http://127.0.0.1:1/x.json",
  } as const;
  await groups.update({ ...group, spec: { ...group.spec, sources: [...group.spec.sources, foreign] } });
  deepEqual(await texts(running), { docs: "{}" });
  deepEqual(
    documentsOf((await groups.get({ name: ID }))!).map(({ type }) => type),
    ["docs"],
  );
});

test("document store - a check that was broken off is made by the next start", async () => {
  await using running = await RunningDocuments.open();
  await publish(running, document("openapi", OPENAPI));
  await running.stop();
  const groups = running.store.collection(clusterAssetGroupKind);
  const before = (await groups.get({ name: ID }))!;
  notEqual(before.status?.phase, "Ready");
  await running.start();
  await eventually(async () => {
    equal((await groups.get({ name: ID }))?.status?.phase, "Ready");
  });
  equal((await running.catalog.list("shop", ID))[0]?.phase, "Ready");
  deepEqual(running.warnings, []);
});
