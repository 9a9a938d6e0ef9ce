import assert from "node:assert/strict";
import { test } from "node:test";
import { APPLICATIONS, application, ask, secret, SECRETS } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { WatchReader, type SeenEvent } from "../../doubles/watch-reader.ts";

const create = (server: AdminServer, name: string, extra = {}) =>
  ask(server, APPLICATIONS, { body: application(name, extra) });
const label = (server: AdminServer, name: string, labels: object) =>
  ask(server, `${APPLICATIONS}/${name}`, {
    method: "PATCH",
    body: JSON.stringify({ metadata: { labels } }),
    headers: { "content-type": "application/merge-patch+json" },
  });
const remove = (server: AdminServer, name: string) =>
  ask(server, `${APPLICATIONS}/${name}`, { method: "DELETE" });
const watch = (server: AdminServer, query = "", headers = {}) =>
  WatchReader.open(server, `${APPLICATIONS}?watch=true${query}`, headers);

test("watch - the head comes before there is any event", async () => {
  await using server = await startAdminServer();
  using reader = await watch(server);
  assert.equal(reader.response.status, 200);
  assert.equal(reader.response.headers.get("content-type"), "application/json");
  assert.equal(reader.response.headers.get("transfer-encoding"), "chunked");
});

for (const query of ["", "&resourceVersion=0", "&resourceVersion="]) {
  test(`watch - ${query || "no version"}: what there is comes as ADDED, then every change`, async () => {
    await using server = await startAdminServer();
    await create(server, "a");
    await create(server, "b");
    using reader = await watch(server, query);
    assert.deepEqual(await reader.take(2), ["ADDED a", "ADDED b"]);
    await label(server, "a", { x: "y" });
    await remove(server, "b");
    await create(server, "c");
    assert.deepEqual(await reader.take(3), ["MODIFIED a", "DELETED b", "ADDED c"]);
  });
}

test("watch - from a list's version every change after it comes, none lost, none twice", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  const { body } = await ask(server, APPLICATIONS);
  await create(server, "b");
  await label(server, "a", { x: "y" });
  using reader = await watch(server, `&resourceVersion=${body.metadata["resourceVersion"]}`);
  assert.deepEqual(await reader.take(2), ["ADDED b", "MODIFIED a"]);
  await remove(server, "a");
  const { type, object } = await reader.next();
  assert.equal(type, "DELETED");
  const now = (await ask(server, APPLICATIONS)).body.metadata["resourceVersion"];
  assert.equal(object.metadata["resourceVersion"], now, "a deletion has a version of its own");
});

test("watch - a write that changes nothing makes no event", async () => {
  await using server = await startAdminServer();
  await create(server, "a", { metadata: { labels: { x: "y" } } });
  using reader = await watch(server);
  assert.deepEqual(await reader.take(1), ["ADDED a"]);
  await label(server, "a", { x: "y" });
  await create(server, "b");
  assert.deepEqual(await reader.take(1), ["ADDED b"]);
});

test("watch - an object that starts to match is ADDED, one that ceases is DELETED as it last matched", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  using reader = await watch(server, "&labelSelector=team%3Dx");
  await label(server, "a", { team: "x" });
  assert.deepEqual(await reader.take(1), ["ADDED a"]);
  const { body } = await label(server, "a", { team: "y" });
  const { type, object } = await reader.next();
  assert.deepEqual([type, object.metadata.labels], ["DELETED", { team: "x" }]);
  assert.equal(object.metadata["resourceVersion"], body.metadata["resourceVersion"]);
});

test("watch - one object by name", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  await create(server, "b");
  using reader = await watch(server, "&resourceVersion=0&fieldSelector=metadata.name%3Db");
  assert.deepEqual(await reader.take(1), ["ADDED b"]);
  await label(server, "a", { x: "y" });
  await label(server, "b", { x: "y" });
  assert.deepEqual(await reader.take(1), ["MODIFIED b"]);
});

test("watch - Secrets of one namespace and of all", async () => {
  await using server = await startAdminServer();
  await ask(server, "/api/v1/namespaces/kyma-system/secrets", { body: secret("there") });
  await ask(server, SECRETS, { body: secret("here") });
  using one = await WatchReader.open(server, `${SECRETS}?watch=1`);
  assert.deepEqual(await one.take(1), ["ADDED here"]);
  using all = await WatchReader.open(server, "/api/v1/secrets?watch=1");
  assert.deepEqual(await all.take(2), ["ADDED here", "ADDED there"]);
});

for (const version of ["99999", "9999999999999999999"]) {
  test(`watch - version ${version}, which is still to come, is expired inside the stream, which then ends`, async () => {
    await using server = await startAdminServer();
    using reader = await watch(server, `&resourceVersion=${version}`);
    assert.equal(reader.response.status, 200);
    const [event, ...more] = await reader.rest();
    assert.equal(event?.type, "ERROR");
    assert.deepEqual(
      { ...event?.object, message: "" },
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "",
        reason: "Expired",
        code: 410,
      },
    );
    assert.match(event?.object.message ?? "", /^too old resource version: \d+ \(\d+\)$/);
    assert.deepEqual(more, []);
    assert.deepEqual(server.surprises, []);
  });
}

test("watch list - the bookmark that ends the initial events, then changes", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  const query = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  for (const version of ["", "&resourceVersion=0", "&resourceVersion=999999"]) {
    using reader = await watch(server, `${query}${version}`);
    assert.deepEqual(await reader.take(1), ["ADDED a"]);
    const { type, object } = await reader.next();
    const { resourceVersion } = (await ask(server, APPLICATIONS)).body.metadata;
    assert.equal(type, "BOOKMARK");
    assert.deepEqual(object, {
      kind: "Application",
      apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
      metadata: { resourceVersion, annotations: { "k8s.io/initial-events-end": "true" } },
    } as never);
    await label(server, "a", { [`x${version.length}`]: "y" });
    assert.deepEqual(await reader.take(1), ["MODIFIED a"]);
  }
});

test("watch list - the bookmark comes also where nothing is there, and without being asked only with bookmarks", async () => {
  await using server = await startAdminServer();
  using empty = await watch(server, "&allowWatchBookmarks=true");
  const { type, object } = await empty.next();
  assert.equal(type, "BOOKMARK");
  assert.equal(object.metadata.annotations["k8s.io/initial-events-end"], "true");
  using plain = await watch(server);
  await create(server, "a");
  assert.deepEqual(await plain.take(1), ["ADDED a"]);
});

test("watch list - without initial events only what comes is seen", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  using reader = await watch(server, "&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
  await create(server, "b");
  assert.deepEqual(await reader.take(1), ["ADDED b"]);
});

test("watch - timeoutSeconds ends the stream cleanly, with a last bookmark where they were asked for", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  const { resourceVersion } = (await ask(server, APPLICATIONS)).body.metadata;
  // The last one, two seconds before the end, would say what the one behind the list has said.
  using reader = await watch(server, "&timeoutSeconds=3&allowWatchBookmarks=true&limit=1");
  const events = await reader.rest();
  assert.deepEqual(
    events.map(({ type }) => type),
    ["ADDED", "BOOKMARK"],
  );
  using later = await watch(
    server,
    `&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`,
  );
  const [bookmark] = await later.rest();
  assert.equal(bookmark?.type, "BOOKMARK");
  assert.equal(bookmark?.object.metadata["resourceVersion"], resourceVersion);
  assert.equal(bookmark?.object.metadata.annotations, undefined);
});

test("watch - as a Table each event has one row, and only the first names the columns", async () => {
  await using server = await startAdminServer();
  await create(server, "a");
  await create(server, "b");
  using reader = await watch(server, "", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  const [first, second] = [await reader.next(), await reader.next()];
  assert.equal(first.object.kind, "Table");
  assert.equal(first.object.columnDefinitions[0]?.name, "Name");
  assert.equal(first.object.rows[0]?.cells[0], "a");
  assert.equal(second.object.columnDefinitions, null);
  assert.equal(second.object.rows[0]?.object.metadata["name"], "b");
});

test("watch - those who watch the same are each told in the form that they asked for", async () => {
  await using server = await startAdminServer();
  const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  const FROM_NOW = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan";
  const as = (what: string, version = "v1") => `application/json;as=${what};v=${version};g=meta.k8s.io`;
  using stack = new DisposableStack();
  const open = async (accept: string, query = "") =>
    stack.use(await WatchReader.open(server, `${SECRETS}?watch=1&${FROM_NOW}${query}`, { accept }));
  const forms = [
    ["application/json", ""],
    [as("Table"), ""],
    [as("Table"), "&includeObject=None"],
    [as("Table"), "&includeObject=Object"],
    [as("Table", "v1beta1"), ""],
    [as("PartialObjectMetadata"), ""],
    [as("PartialObjectMetadata", "v1beta1"), ""],
  ] as const;
  const readers = await Promise.all([...forms, ...forms].map(([accept, query]) => open(accept, query)));
  const seen: SeenEvent[][] = [];
  for (const name of ["a", "b"]) {
    const metadata = { name, annotations: { [LAST_APPLIED]: "hidden" } };
    await ask(server, SECRETS, { body: secret(name, { metadata, stringData: { k: "v" } }) });
    const stored = (await ask(server, `${SECRETS}/${name}`)).body;
    const events = await Promise.all(readers.map((reader) => reader.next()));
    seen.push(events);
    events.forEach(({ type, object }, index) => {
      const [accept] = forms[index % forms.length] ?? [""];
      assert.equal(type, "ADDED");
      if (accept === "application/json") return assert.deepEqual(object, stored);
      assert.equal(JSON.stringify(object).includes("hidden"), false);
      assert.equal(object.apiVersion, accept.includes("v1beta1") ? "meta.k8s.io/v1beta1" : "meta.k8s.io/v1");
      assert.equal(object.kind, /as=(\w+)/.exec(accept)?.[1]);
    });
  }
  const shown = seen[1]?.map(({ object }) => (object.rows?.[0] ? object.rows[0].object?.kind : object.kind));
  const expected = [
    "Secret",
    "PartialObjectMetadata",
    undefined,
    "Secret",
    "PartialObjectMetadata",
    "PartialObjectMetadata",
    "PartialObjectMetadata",
  ];
  assert.deepEqual(shown, [...expected, ...expected]);
  assert.deepEqual(
    seen.map((events) => events.map(({ object }) => Array.isArray(object.columnDefinitions))),
    [true, false].map((isFirst) => readers.map((_, index) => isFirst && [1, 2, 3, 4].includes(index % 7))),
  );
});

test("watch - a media type that is no stream of JSON is 406", async () => {
  await using server = await startAdminServer();
  const { status } = await ask(server, `${APPLICATIONS}?watch=true`, {
    headers: { accept: "application/yaml" },
  });
  assert.equal(status, 406);
  using reader = await watch(server, "", { accept: "application/json;stream=watch" });
  assert.equal(reader.response.status, 200);
});

test("watch - a stopping server ends every watch as if its time were over", async () => {
  const server = await startAdminServer({ drain: 60_000 });
  await create(server, "a");
  using reader = await watch(server);
  assert.deepEqual(await reader.take(1), ["ADDED a"]);
  const closed = server[Symbol.asyncDispose]();
  assert.deepEqual(await reader.rest(), []);
  await closed;
  assert.deepEqual(server.surprises, []);
});
