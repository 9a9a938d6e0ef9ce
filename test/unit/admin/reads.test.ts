import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  APPLICATIONS,
  application,
  ask,
  CONFIG_MAPS,
  refusal,
  secret,
  SECRETS,
} from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const G = "applicationconnector.kyma-project.io";
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
const CANARY = "canary-3f1b";

suite("admin reads", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
    for (const [name, team] of [
      ["a", "x"],
      ["b", "y"],
      ["c", "x"],
      ["d", "z"],
      ["e", "x"],
    ] as const) {
      const body = application(name, { metadata: { labels: { team, size: "10" } } });
      assert.equal((await ask(server, APPLICATIONS, { body })).status, 201);
    }
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": CANARY, other: "kept" };
    const body = {
      ...secret("s", { stringData: { password: CANARY } }),
      metadata: { name: "s", annotations },
    };
    assert.equal((await ask(server, SECRETS, { body })).status, 201);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const list = (query: string, headers: Record<string, string> = {}) =>
    ask(server, `${APPLICATIONS}?${query}`, { headers });
  const namesIn = async (query: string) => {
    const { body, status } = await list(query);
    assert.equal(status, 200, body.message);
    return body.items.map((item) => item.metadata["name"]).join("");
  };

  test("get - the object, or not found with its resource", async () => {
    const { headers, text, body } = await ask(server, `${APPLICATIONS}/a?resourceVersion=0`);
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(headers.get("cache-control"), "no-cache, private");
    assert(text.endsWith("}\n"));
    assert.equal(body.kind, "Application");
    const missing = await ask(server, `${SECRETS}/nope`);
    assert.deepEqual(refusal(missing), {
      code: 404,
      reason: "NotFound",
      message: 'secrets "nope" not found',
    });
    assert.deepEqual(missing.body.details, { name: "nope", kind: "secrets" });
  });

  test("get - HEAD answers like GET without a body", async () => {
    for (const path of [`${APPLICATIONS}/a`, APPLICATIONS, `${APPLICATIONS}?watch=true`]) {
      const { status, text } = await ask(server, path, { method: "HEAD" });
      assert.deepEqual([status, text], [200, ""], path);
    }
  });

  test("list - kind, version of the moment and items sorted by name", async () => {
    const { body } = await list("");
    assert.equal(body.kind, "ApplicationList");
    assert.equal(body.apiVersion, `${G}/v1alpha1`);
    assert.match(String(body.metadata["resourceVersion"]), /^\d+$/);
    assert.equal(await namesIn(""), "abcde");
  });

  test("list - a trailing slash, an unknown namespace and all namespaces are answered", async () => {
    assert.equal((await ask(server, `${APPLICATIONS}/`)).status, 200);
    const nowhere = await ask(server, "/api/v1/namespaces/nowhere/secrets");
    assert.deepEqual([nowhere.status, nowhere.body.items], [200, []]);
    const everywhere = await ask(server, "/api/v1/secrets");
    assert.deepEqual(
      everywhere.body.items.map((item) => item.metadata["name"]),
      ["s"],
    );
  });

  test("list - labels and fields select", async () => {
    assert.equal(await namesIn(`labelSelector=${encodeURIComponent("team in (x,z),size>9")}`), "acde");
    assert.equal(await namesIn(`labelSelector=${encodeURIComponent("team!=x,!nothing")}`), "bd");
    assert.equal(await namesIn("fieldSelector=metadata.name%3Db"), "b");
    assert.equal(await namesIn("fieldSelector=metadata.name!%3Db,metadata.name!%3Dc"), "ade");
    const byType = await ask(server, "/api/v1/secrets?fieldSelector=type%3DOpaque");
    assert.equal(byType.body.items.length, 1);
    const byPhase = await ask(server, "/api/v1/namespaces?fieldSelector=status.phase%3DTerminating");
    assert.equal(byPhase.body.items.length, 0);
  });

  for (const [query, message] of [
    ["labelSelector=a%3D%3D%3Db", /^unable to parse requirement: /],
    ["labelSelector=a+in+b", /^unable to parse requirement: .*expected: '\('/],
    ["labelSelector=-bad-", /^unable to parse requirement: /],
    ["fieldSelector=spec.description%3Dx", /^field label not supported: spec\.description$/],
    ["fieldSelector=metadata.namespace%3Dx", /^field label not supported: metadata\.namespace$/],
    ["fieldSelector=bad", /^invalid selector: 'bad'; can't understand 'bad'$/],
    ["fieldSelector=__proto__%3Dx", /^field label not supported: __proto__$/],
    ["limit=abc", /limit: parsing "abc": invalid syntax/],
    ["resourceVersion=abc", /invalid resource version "abc"/],
    ["resourceVersion=-1", /invalid resource version "-1"/],
    ["continue=rubbish", /^invalid continue token: /],
    ["continue=x&resourceVersion=5", /^specifying resource version is not allowed when using continue$/],
    ["watch=true&timeoutSeconds=soon", /timeoutSeconds: parsing "soon": invalid syntax/],
    ["watch=true&resourceVersion=x", /invalid resource version "x"/],
    ["watch=true&fieldSelector=bad", /^invalid selector/],
    ["includeObject=Some", /^unrecognized includeObject value: "Some"/],
  ] as const) {
    test(`parameters - ${query} is a bad request that says why`, async () => {
      const { status, body } = await list(query);
      assert.deepEqual([status, body.reason], [400, "BadRequest"]);
      assert.match(body.message, message);
    });
  }

  for (const [query, message] of [
    ["resourceVersionMatch=Exact", "resourceVersionMatch is forbidden unless resourceVersion is provided"],
    [
      "resourceVersionMatch=Exact&resourceVersion=0",
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    ["resourceVersionMatch=Other&resourceVersion=1", 'Unsupported value: "Other"'],
    ["sendInitialEvents=true", "sendInitialEvents is forbidden for list"],
    [
      "watch=true&sendInitialEvents=true",
      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    ],
    ["watch=true&sendInitialEvents=true&resourceVersionMatch=Exact", 'Unsupported value: "Exact"'],
    [
      "watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=1",
      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    ],
  ] as const) {
    test(`parameters - ${query} is invalid and says why`, async () => {
      const { status, body } = await list(query);
      assert.deepEqual([status, body.reason], [422, "Invalid"]);
      assert(body.message.startsWith('ListOptions.meta.k8s.io "" is invalid: '), body.message);
      assert(body.message.includes(message), body.message);
    });
  }

  test("list - a version that has passed is answered, one to come is a time-out, an exact one as it was", async () => {
    const now = String((await list("")).body.metadata["resourceVersion"]);
    assert.equal(await namesIn("resourceVersion=1"), "abcde");
    assert.equal(await namesIn(`resourceVersion=${now}&resourceVersionMatch=Exact`), "abcde");
    assert.equal(await namesIn("resourceVersion=1&resourceVersionMatch=NotOlderThan"), "abcde");
    const old = await list("resourceVersion=1&resourceVersionMatch=Exact");
    assert.deepEqual([old.body.items, old.body.metadata["resourceVersion"]], [[], "1"]);
    const future = await list("resourceVersion=9999999999999999999");
    assert.deepEqual(refusal(future), {
      code: 504,
      reason: "Timeout",
      message: `Timeout: Too large resource version: 9999999999999999999, current: ${now}`,
    });
    assert.equal(future.body.details["retryAfterSeconds"], 1);
    assert.equal(future.headers.get("retry-after"), "1");
  });

  test("list - exactly a version of the past is shown as it was, in pages and as a Table too", async () => {
    for (const name of ["p", "q", "r"]) {
      await ask(server, CONFIG_MAPS, { body: { metadata: { name }, data: { state: "old" } } });
    }
    const then = await ask(server, CONFIG_MAPS);
    await ask(server, `${CONFIG_MAPS}/p`, { method: "DELETE" });
    await ask(server, `${CONFIG_MAPS}/q`, {
      method: "PATCH",
      body: JSON.stringify({ data: { state: "new" } }),
      headers: { "content-type": "application/merge-patch+json" },
    });
    await ask(server, CONFIG_MAPS, { body: { metadata: { name: "s" } } });
    const version = then.body.metadata["resourceVersion"];
    const exact = `${CONFIG_MAPS}?resourceVersion=${version}&resourceVersionMatch=Exact`;
    assert.equal((await ask(server, exact)).text, then.text);
    const table = (await ask(server, exact, { headers: TABLE })).body;
    assert.deepEqual(
      table.rows.map(({ cells }) => cells[0]),
      ["p", "q", "r"],
    );
    const first = (await ask(server, `${exact}&limit=2`)).body;
    const next = encodeURIComponent(String(first.metadata["continue"]));
    const second = (await ask(server, `${CONFIG_MAPS}?limit=2&continue=${next}`)).body;
    assert.deepEqual([...first.items, ...second.items], then.body.items);
    assert.equal(second.metadata["resourceVersion"], version);
  });

  test("list - pages carry the first one's version, what is left, and end", async () => {
    const first = (await list("limit=2")).body;
    assert.equal(first.metadata["remainingItemCount"], 3);
    const second = (await list(`limit=2&continue=${encodeURIComponent(String(first.metadata["continue"]))}`))
      .body;
    const third = (await list(`limit=2&continue=${encodeURIComponent(String(second.metadata["continue"]))}`))
      .body;
    const names = [first, second, third].flatMap((page) => page.items.map((item) => item.metadata["name"]));
    assert.equal(names.join(""), "abcde");
    assert.equal(third.metadata["continue"], undefined);
    assert.equal(third.metadata["resourceVersion"], first.metadata["resourceVersion"]);
    const selected = (await list("limit=2&labelSelector=team%3Dx")).body;
    assert.equal(selected.items.length, 2);
    assert.equal(selected.metadata["remainingItemCount"], undefined);
  });

  test("table - columns, cells and metadata of a list, a single object and a created one", async () => {
    const { body } = await list("limit=1", TABLE);
    assert.deepEqual([body.kind, body.apiVersion], ["Table", "meta.k8s.io/v1"]);
    assert.deepEqual(
      body.columnDefinitions.map(({ name }) => name),
      ["Name", "Services", "Status", "Age", "Provider", "Description"],
    );
    assert(body.metadata["continue"]);
    const [row] = body.rows;
    assert.deepEqual(row?.cells.toSpliced(3, 1), ["a", 0, null, null, "a shop"]);
    assert.match(String(row?.cells[3]), /^\d+s$/);
    assert.equal(row?.object.kind, "PartialObjectMetadata");
    assert.equal(row?.object.metadata["name"], "a");
    assert.equal((await ask(server, `${APPLICATIONS}/a`, { headers: TABLE })).body.rows.length, 1);
    const created = await ask(server, `${CONFIG_MAPS}?dryRun=All`, {
      body: { metadata: { name: "t" } },
      headers: TABLE,
    });
    assert.deepEqual([created.status, created.body.kind], [201, "Table"]);
  });

  test("table - includeObject chooses what stands beside the cells", async () => {
    assert.equal((await list("includeObject=Object", TABLE)).body.rows[0]?.object.kind, "Application");
    assert.equal((await list("includeObject=None", TABLE)).body.rows[0]?.object, undefined);
  });

  test("table - v1beta1 is spoken to those who ask", async () => {
    const { body } = await list("", { accept: "application/json;as=Table;v=v1beta1;g=meta.k8s.io" });
    assert.equal(body.apiVersion, "meta.k8s.io/v1beta1");
    assert.equal(body.rows[0]?.object.apiVersion, "meta.k8s.io/v1beta1");
  });

  test("metadata only - of a list and of an object", async () => {
    const partial = (kind: string) => ({ accept: `application/json;as=${kind};v=v1;g=meta.k8s.io` });
    const { body } = await list("", partial("PartialObjectMetadataList"));
    assert.equal(body.kind, "PartialObjectMetadataList");
    assert.deepEqual(Object.keys(body.items[0] ?? {}), ["kind", "apiVersion", "metadata"]);
    const one = await ask(server, `${APPLICATIONS}/a`, { headers: partial("PartialObjectMetadata") });
    assert.deepEqual([one.body.kind, one.body.apiVersion], ["PartialObjectMetadata", "meta.k8s.io/v1"]);
    assert.equal((await list("", partial("PartialObjectMetadata"))).status, 406);
    assert.equal(
      (await ask(server, `${APPLICATIONS}/a`, { headers: partial("PartialObjectMetadataList") })).status,
      406,
    );
  });

  test("secrets - Tables and metadata hold no value, not even the annotation that kubectl copies them to", async () => {
    for (const accept of [TABLE.accept, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"]) {
      const { text } = await ask(server, SECRETS, { headers: { accept } });
      assert(!text.includes(CANARY));
      assert(text.includes('"other":"kept"'));
    }
    const whole = await ask(server, SECRETS);
    assert(whole.text.includes(CANARY), "the object itself is complete");
  });

  test("media types - the first that can be served wins, and nothing servable is 406", async () => {
    const typeOf = async (accept: string) => {
      const { status, headers, body } = await ask(server, `${APPLICATIONS}/a`, { headers: { accept } });
      return status === 200 ? headers.get("content-type") : `${status} ${body.message}`;
    };
    for (const accept of [
      "*/*",
      "application/*",
      "application/json;charset=utf-8",
      "application/vnd.kubernetes.protobuf,application/json",
      "text/html,application/xhtml+xml,*/*;q=0.8",
      "application/yaml;q=0.5,application/json",
    ]) {
      assert.equal(await typeOf(accept), "application/json", accept);
    }
    assert.equal(await typeOf("application/yaml"), "application/yaml");
    const refused = "406 only the following media types are accepted: application/json, application/yaml";
    for (const accept of [
      "text/html",
      "application/cbor",
      "application/json;as=Nope;v=v1;g=meta.k8s.io",
      "application/json;as=Table;v=v7;g=meta.k8s.io",
      "application/json;q=0",
    ]) {
      assert.equal(await typeOf(accept), refused, accept);
    }
  });

  test("media types - a 406 is said before anything is written", async () => {
    const answer = await ask(server, APPLICATIONS, {
      body: application("unseen"),
      headers: { accept: "text/html" },
    });
    assert.equal(answer.status, 406);
    assert.equal((await ask(server, `${APPLICATIONS}/unseen`)).status, 404);
  });

  test("media types - YAML comes as an object and as a list, and is read", async () => {
    const yaml = { accept: "application/yaml" };
    assert.match((await ask(server, `${APPLICATIONS}/a`, { headers: yaml })).text, /^kind: Application$/m);
    assert.match((await list("", yaml)).text, /^kind: ApplicationList$/m);
    const body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata:\n  a: b\n  a: c\n";
    const created = await ask(server, CONFIG_MAPS, { body, headers: { "content-type": "application/yaml" } });
    assert.equal(created.status, 201);
    assert.deepEqual(created.body.data, { a: "c" });
    assert.equal(created.headers.get("warning"), String.raw`299 - "duplicate field \"data.a\""`);
  });

  test("media types - a body of an unknown type is 415", async () => {
    for (const type of ["application/cbor", "text/plain", "application/xml", ";;;"]) {
      const answer = await ask(server, APPLICATIONS, { body: "{}", headers: { "content-type": type } });
      assert.deepEqual(refusal(answer), {
        code: 415,
        reason: "UnsupportedMediaType",
        message:
          "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
      });
    }
    const protobuf = { "content-type": "application/vnd.kubernetes.protobuf" };
    assert.equal((await ask(server, APPLICATIONS, { body: "k8s\0", headers: protobuf })).status, 415);
  });
});
