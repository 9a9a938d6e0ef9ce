import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { applicationKind } from "../../../../src/core/resources/application.ts";
import type { SearchIndex } from "../../../../src/stores/search-index.ts";
import { StoreFailure } from "../../../../src/stores/store-failure.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { SearchedDocuments } from "../../../doubles/searched-documents.ts";

const ORDERS = { id: "orders-1", displayName: "Orders", description: "Everything about purchases" };

const openapi = (...paths: readonly string[]) => ({
  openapi: "3.0.3",
  info: { title: "Order API", version: "1", description: "Handles parcels" },
  paths: Object.fromEntries(
    paths.map((path) => [
      path,
      { get: { operationId: `read${path.replace(/\W/g, "")}`, responses: { "200": { description: "ok" } } } },
    ]),
  ),
});

test("search - Applications and services are found by every word that they say of themselves", async () => {
  await using searched = await SearchedDocuments.open();
  const service = {
    ...ORDERS,
    providerDisplayName: "Acme",
    identifier: "erp-77",
    longDescription: "With refunds",
    labels: { region: "emea" },
    tags: ["billing"],
    entries: [{ type: "API" as const, name: "checkout", targetUrl: "https://secret.example.com" }],
  };
  await searched.application("shop", [service], { description: "The web shop", labels: { team: "violet" } });
  await eventually(async () => deepEqual(await searched.found("violet"), ["shop:application"]));
  for (const word of ["orders", "purch", "acme", "erp-77", "refunds", "emea", "billing", "checkout"]) {
    // oxlint-disable-next-line no-await-in-loop -- a word after the other
    await eventually(async () => deepEqual(await searched.found(word), ["shop/orders-1:service"], word));
  }
  deepEqual(await searched.found("secret.example.com"), []);
  const [hit] = (await searched.search("purch")).items;
  equal(hit?.title, "Orders");
  equal(hit?.service, "Orders");
  equal(hit?.snippet.find(({ matched }) => matched)?.text.toLowerCase(), "purchases");
});

test("search - documents are found by what they say of operations, channels and messages", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  const responses = { "200": { description: "ok" } };
  const many = Array.from({ length: 400 }, (_, index): [string, object] => [
    `/p${index}`,
    { get: { responses, description: `The long story of number ${index}` } },
  ]);
  await searched.publish("shop", "orders-1", {
    openapi: {
      ...openapi(),
      paths: { ...Object.fromEntries(many), "/last": { put: { summary: "Recalls a giraffe", responses } } },
    },
    asyncapi: {
      asyncapi: "2.0.0",
      info: { title: "Events", version: "1" },
      channels: {
        a: {
          description: "For zookeepers",
          subscribe: { message: { oneOf: [{ name: "GiraffeFled", summary: "Somebody is missing" }] } },
        },
      },
    },
  });
  await eventually(async () => {
    deepEqual(await searched.found("recalls"), ["shop/orders-1:openapi"]);
    deepEqual(await searched.found("zookeepers"), ["shop/orders-1:asyncapi"]);
    deepEqual(await searched.found("giraffefled"), ["shop/orders-1:asyncapi"]);
    deepEqual(await searched.found("missing"), ["shop/orders-1:asyncapi"]);
  });
});

test("search - documents are found by operations, channels, entity sets and pages", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  await searched.publish("shop", "orders-1", {
    openapi: openapi("/parcels/{id}/label"),
    asyncapi: {
      asyncapi: "2.0.0",
      info: { title: "Events", version: "1" },
      channels: { "warehouse.emptied": { subscribe: { message: { payload: { type: "object" } } } } },
    },
    docs: {
      displayName: "Handbook",
      description: "How it works",
      type: "guide",
      docs: [{ title: "Chapter", type: "md", source: "# Zebra crossing" }],
    },
  });
  await eventually(async () => {
    deepEqual(await searched.found("readparcelsidlabel"), ["shop/orders-1:openapi"]);
    deepEqual(await searched.found("parcels"), ["shop/orders-1:openapi"]);
    deepEqual(await searched.found("warehouse.emptied"), ["shop/orders-1:asyncapi"]);
    deepEqual(await searched.found("zebra"), ["shop/orders-1:docs"]);
    deepEqual(await searched.found("chapter"), ["shop/orders-1:docs"]);
  });
  await searched.publish("shop", "orders-1", {
    odata:
      '<edmx:Edmx Version="4.0" xmlns:edmx="http://edmx.example.com"><edmx:DataServices><Schema Namespace="N" xmlns="http://edm.example.com"><EntityContainer Name="C"><EntitySet Name="SalesPartners" EntityType="N.P"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>',
  });
  await eventually(async () => {
    deepEqual(await searched.found("salespartners"), ["shop/orders-1:odata"]);
    deepEqual(await searched.found("parcels"), []);
  });
});

test("search - hundreds of operations are all found, although a status holds a part of them", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  const paths = Array.from({ length: 250 }, (_, n) => `/a-rather-long-name-of-a-thing/number${n}x`);
  await searched.publish("shop", "orders-1", { openapi: openapi(...paths) });
  await eventually(async () => deepEqual(await searched.found("number249x"), ["shop/orders-1:openapi"]));
});

test("search - a changed document is found as it is published, and never as it was", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await eventually(async () => equal((await searched.found("apples")).length, 1));
  await searched.publish("shop", "orders-1", { openapi: openapi("/pears") });
  await eventually(async () => equal((await searched.found("pears")).length, 1));
  deepEqual(await searched.found("apples"), []);
});

test("search - what is deleted vanishes: a document, a service, an Application", async () => {
  await using searched = await SearchedDocuments.open();
  const other = { id: "other-1", displayName: "Others" };
  await searched.application("shop", [ORDERS, other]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await searched.publish("shop", "other-1", { openapi: openapi("/apples") });
  await eventually(async () => equal((await searched.found("apples")).length, 2));
  await searched.remove("shop", "other-1");
  await eventually(async () => deepEqual(await searched.found("apples"), ["shop/orders-1:openapi"]));
  // The entry alone goes, as at the commit point of a deletion.
  await searched.application("shop", [other]);
  await eventually(async () => {
    deepEqual(await searched.found("apples"), []);
    deepEqual(await searched.found("purchases"), []);
    deepEqual(await searched.found("others"), ["shop/other-1:service"]);
  });
  await searched.store.collection(applicationKind).remove({ name: "shop" });
  await eventually(async () => deepEqual(await searched.found("shop"), []));
  deepEqual(await searched.found("others"), []);
});

test("search - of two services with the same id each is found by its own documents, also after a restart", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  await searched.application("copy", [ORDERS]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await searched.publish("copy", "orders-1", { openapi: openapi("/pears") });
  const bothAreFound = async () => {
    deepEqual(await searched.found("apples"), ["shop/orders-1:openapi"]);
    deepEqual(await searched.found("pears"), ["copy/orders-1:openapi"]);
  };
  await eventually(bothAreFound);
  const [hit] = (await searched.search("pears")).items;
  equal(hit?.document, "/v1/documents/orders-1/openapi?application=copy");
  match(await (await searched.fetch(hit?.document ?? "")).text(), /pears/);
  await searched.stop();
  await searched.start();
  await eventually(async () => equal((await searched.search("shop")).complete, true));
  await bothAreFound();
  await searched.application("shop", []);
  await eventually(async () => deepEqual(await searched.found("apples"), []));
  deepEqual(await searched.found("pears"), ["copy/orders-1:openapi"]);
});

test("search - documents of a service that no Application refers to are not found, until one does", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", []);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  equal((await searched.catalog.list("shop", "orders-1"))[0]?.phase, "Ready");
  await eventually(async () => equal((await searched.search("shop")).complete, true));
  deepEqual(await searched.found("apples"), []);
  await searched.application("shop", [ORDERS]);
  await eventually(async () => deepEqual(await searched.found("apples"), ["shop/orders-1:openapi"]));
});

test("search - documents of a service that is gone for a moment are found again when it is back", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await eventually(async () => deepEqual(await searched.found("apples"), ["shop/orders-1:openapi"]));
  await searched.application("shop", []);
  // Looked at while its service is not there.
  await searched.publish("shop", "orders-1", { openapi: openapi("/pears") });
  await searched.application("shop", [ORDERS]);
  await eventually(async () => {
    deepEqual(await searched.found("pears"), ["shop/orders-1:openapi"]);
    equal((await searched.search("pears")).complete, true);
  });
  deepEqual(await searched.found("apples"), []);
});

test("search - what is found names its service as it is called today", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS, { id: "prices-1", displayName: "Prices" }]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await eventually(async () => equal((await searched.found("apples")).length, 1));
  await searched.application("shop", [
    { ...ORDERS, displayName: "Purchases" },
    { id: "prices-1", displayName: "Prices" },
  ]);
  await eventually(async () => {
    deepEqual(
      (await searched.search("apples")).items.map(({ service }) => service),
      ["Purchases"],
    );
    deepEqual(await searched.found("purchases"), ["shop/orders-1:openapi", "shop/orders-1:service"]);
  });
});

test("search - a start finds what changed while nothing ran, and fills an index that is gone", async () => {
  await using searched = await SearchedDocuments.open();
  await searched.application("shop", [ORDERS, { id: "old-1", displayName: "Antiques" }]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await eventually(async () => equal((await searched.found("apples")).length, 1));
  equal((await searched.found("antiques")).length, 1);
  // Empties the index behind the back of the follower.
  for await (const { key } of searched.index.indexed()) await searched.index.remove(key);
  await searched.index.replace("no key of ours", {
    application: "shop",
    kind: "service",
    title: "Leftover",
    text: "",
    version: "1",
  });
  await searched.application("shop", [ORDERS]);
  await searched.stop();
  await searched.start();
  await eventually(async () => {
    deepEqual(await searched.found("apples"), ["shop/orders-1:openapi"]);
    deepEqual(await searched.found("orders"), ["shop/orders-1:openapi", "shop/orders-1:service"]);
    equal((await searched.search("x")).complete, true);
  });
  deepEqual(await searched.found("antiques"), []);
  deepEqual(await searched.index.search("leftover"), { hits: [] });
});

test("search - a start writes nothing anew that is indexed as it is", async () => {
  const written: string[] = [];
  await using searched = await SearchedDocuments.open((index) => recording(index, written));
  await searched.application("shop", [ORDERS]);
  await searched.publish("shop", "orders-1", { openapi: openapi("/apples") });
  await eventually(async () => equal((await searched.found("apples")).length, 1));
  ok(written.length >= 3);
  written.length = 0;
  await searched.stop();
  await searched.start();
  await eventually(async () => equal((await searched.search("apples")).complete, true));
  deepEqual(written, []);
});

test("search - an index that was begun anew while it was open is filled again", async () => {
  let isBroken = false;
  await using searched = await SearchedDocuments.open((index) => ({
    ...recording(index, []),
    search: (...call) => {
      if (isBroken) throw new StoreFailure("SEARCH_INDEX_UNAVAILABLE", ["damaged"]);
      return index.search(...call);
    },
  }));
  await searched.application("shop", [ORDERS]);
  await eventually(async () => equal((await searched.found("purchases")).length, 1));
  for await (const { key } of searched.index.indexed()) await searched.index.remove(key);
  isBroken = true;
  const refused = await searched.fetch("/v1/search?q=purchases");
  equal(refused.status, 503);
  equal(((await refused.json()) as { error: string }).error, "documents cannot be searched: damaged");
  isBroken = false;
  await eventually(async () => deepEqual(await searched.found("purchases"), ["shop/orders-1:service"]));
});

test("search - ids that only hands write are as good as any", async () => {
  await using searched = await SearchedDocuments.open();
  const id = 'a"],[ Ünicode %2F';
  await searched.application("shop", [{ ...ORDERS, id }]);
  await searched.publish("shop", id, { openapi: openapi("/apples") });
  await eventually(async () => deepEqual(await searched.found("apples"), [`shop/${id}:openapi`]));
  const [hit] = (await searched.search("apples")).items;
  equal(hit?.document, `/v1/documents/${encodeURIComponent(id)}/openapi?application=shop`);
});

test("search - 10 000 services stay searchable, and one that is added is found within seconds", async () => {
  await using searched = await SearchedDocuments.open();
  const many = Array.from({ length: 10_000 }, (_, n) => ({
    id: `id-${n}`,
    displayName: `Service ${n}`,
    description: `Delivers part${n}x of the estate`,
  }));
  await searched.application("estate", many);
  await eventually(
    async () => {
      deepEqual(await searched.found("part9999x"), ["estate/id-9999:service"]);
      equal((await searched.search("x")).complete, true);
    },
    { timeout: 60_000 },
  );
  equal((await searched.search("delivers", { limit: "50" })).items.length, 50);
  await searched.application("estate", [...many, { id: "late", displayName: "Latecomer" }]);
  await eventually(async () => deepEqual(await searched.found("latecomer"), ["estate/late:service"]));
  await searched.application("estate", many.slice(5000));
  await eventually(
    async () => {
      deepEqual(await searched.found("part4999x"), []);
      deepEqual(await searched.found("part5000x"), ["estate/id-5000:service"]);
    },
    { timeout: 60_000 },
  );
});

/** The index itself, whose written keys are noted. */
function recording(index: SearchIndex, written: string[]): SearchIndex {
  return {
    replace: async (key, document) => {
      written.push(key);
      await index.replace(key, document);
    },
    remove: async (key) => {
      written.push(key);
      await index.remove(key);
    },
    search: (query, options) => index.search(query, options),
    indexed: (options) => index.indexed(options),
    [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
  };
}
