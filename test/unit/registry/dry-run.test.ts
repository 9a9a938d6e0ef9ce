import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { clusterAssetKind } from "../../../src/core/resources/cluster-asset.ts";
import { clusterAssetGroupKind } from "../../../src/core/resources/cluster-asset-group.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { serviceKind } from "../../../src/core/resources/service.ts";
import { serviceChanged } from "../../../src/telemetry/channels.ts";
import { call, type Got } from "../../doubles/connector.ts";
import {
  fullService,
  plainService,
  post,
  put,
  registered,
  registryScene,
  send,
  servicesPath,
  type RegistryScene,
  type RegistrySceneOptions,
} from "../../doubles/registry.ts";
import { startTarget } from "../../doubles/target.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

interface Report {
  readonly dryRun: boolean;
  readonly documents: readonly {
    readonly type: string;
    readonly phase: string;
    readonly hash: string;
    readonly size: number;
    readonly findings: readonly {
      readonly severity: string;
      readonly path: string;
      readonly line?: number;
    }[];
  }[];
  readonly warnings: readonly string[];
}

interface DryScene extends RegistryScene {
  /** Everything that is kept, as text. */
  readonly kept: () => Promise<string>;
}

async function dryScene(context: TestContext, given: RegistrySceneOptions = {}): Promise<DryScene> {
  const directory = new TemporaryDirectory();
  const scene = await registryScene(context, { ...given, directory: directory.path });
  context.after(() => directory[Symbol.dispose]());
  const { store } = scene;
  const kept = async () => {
    const lists = await Promise.all([
      store.collection(applicationKind).list(),
      store.collection(secretKind).list(),
      store.collection(serviceKind).list(),
      store.collection(clusterAssetGroupKind).list(),
      store.collection(clusterAssetKind).list(),
    ]);
    const files = readdirSync(directory.path, { recursive: true, encoding: "utf8" });
    return JSON.stringify([
      lists.map(({ items }) => items),
      files.filter((name) => name.includes("blobs")).toSorted(),
    ]);
  };
  return { ...scene, kept };
}

const dryPost = (origin: string, body: unknown, query = "?dryRun=true", application = "shop"): Promise<Got> =>
  send(origin, `${servicesPath(application)}${query}`, { method: "POST" }, body);

const dryPut = (origin: string, id: string, body: unknown, headers = {}): Promise<Got> =>
  send(origin, `${servicesPath()}/${id}?dryRun=true`, { method: "PUT", headers }, body);

function reportOf({ status, text }: Got, expected = 200): Report {
  equal(status, expected, text);
  return JSON.parse(text) as Report;
}

const BROKEN_EVENTS = { spec: { asyncapi: "2.0.0", info: {} } };

test("dry run - a registration is answered with what its documents are, and nothing is kept", async (context) => {
  const { origin, kept } = await dryScene(context);
  const before = await kept();
  ok(before.includes("blobs"), "the files of contents are among it");
  const { dryRun, documents, warnings } = reportOf(
    await dryPost(origin, fullService({ events: BROKEN_EVENTS, api: { targetUrl: "http://a.example" } })),
  );
  equal(dryRun, true);
  deepEqual(
    documents.map(({ type, phase }) => [type, phase]),
    [
      ["asyncapi", "Failed"],
      ["docs", "Ready"],
    ],
  );
  const [events] = documents;
  match(events?.hash ?? "", /^[0-9a-f]{64}$/);
  equal(events?.size, JSON.stringify(BROKEN_EVENTS.spec).length);
  ok(
    events?.findings.some(
      ({ severity, path, line }) => severity === "error" && path === "/info" && line === 1,
    ),
  );
  deepEqual(warnings, ["The API is called without credentials", "The target is called without TLS"]);
  equal(await kept(), before);
});

test("dry run - a change is answered likewise, and the service stays what it was", async (context) => {
  const { origin, kept } = await dryScene(context);
  const id = await registered(origin, fullService());
  await call(origin, `${servicesPath()}/${id}/specs`);
  const [before, state] = [await kept(), await call(origin, `${servicesPath()}/${id}`)];
  const changed = fullService({ description: "other", events: BROKEN_EVENTS });
  const { documents } = reportOf(await dryPut(origin, id, changed));
  deepEqual(
    documents.map(({ type, phase }) => [type, phase]),
    [
      ["openapi", "Ready"],
      ["asyncapi", "Failed"],
      ["docs", "Ready"],
    ],
  );
  equal((await dryPut(origin, id, changed, { "If-Match": '"other"' })).status, 412);
  equal((await dryPut(origin, id, changed, { "If-Match": state.headers.etag ?? "" })).status, 200);
  equal(await kept(), before);
  equal((await call(origin, `${servicesPath()}/${id}`)).text, state.text);
});

test("dry run - a specification is fetched, and one that cannot be is refused as in earnest", async (context) => {
  let status = 200;
  await using target = await startTarget((answered) => {
    void answered.respond(
      status,
      {},
      '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"x":{}}}',
    );
  });
  const { origin, kept } = await dryScene(context);
  const before = await kept();
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const { documents } = reportOf(await dryPost(origin, plainService("a", { api })));
  deepEqual(
    documents.map(({ type, phase }) => [type, phase]),
    [["openapi", "Failed"]],
  );
  equal(target.calls.length, 1);
  status = 404;
  const refused = await dryPost(origin, plainService("a", { api }));
  equal(refused.status, 502);
  match(refused.text, /Fetching API spec from .* failed with status 404 Not Found/);
  equal(await kept(), before);
});

test("dry run - whatever is refused in earnest is refused with the same words", async (context) => {
  const { origin, kept } = await dryScene(context);
  const id = await registered(origin, plainService("taken", { identifier: "one" }));
  const before = await kept();
  const masked = {
    targetUrl: "https://a.example",
    credentials: { basic: { username: "a", password: "********" } },
  };
  const bodies = [
    "{",
    {},
    plainService("taken"),
    plainService("other", { identifier: "one" }),
    plainService("other", { api: masked }),
  ];
  for (const body of bodies) {
    const [dry, real] = [await dryPost(origin, body), await post(origin, body)];
    deepEqual([dry.status, dry.text], [real.status, real.text]);
  }
  equal((await dryPost(origin, plainService("a"), "?dryRun=true", "nobody")).status, 404);
  for (const [name, given] of [
    [id, plainService("renamed")],
    [id, plainService("taken", { api: masked })],
    ["unknown", plainService("a")],
  ] as const) {
    const [dry, real] = [await dryPut(origin, name, given), await put(origin, name, given)];
    deepEqual([dry.status, dry.text], [real.status, real.text]);
  }
  equal(await kept(), before);
});

test("dry run - what is not clearly one, or has none, is refused and not done", async (context) => {
  const { origin, kept } = await dryScene(context);
  const id = await registered(origin, plainService("a"));
  const before = await kept();
  for (const query of ["?dryRun", "?dryRun=", "?dryRun=All", "?dryRun=1", "?dryRun=true&dryRun=false"]) {
    const answer = await dryPost(origin, plainService("b"), query);
    equal(answer.status, 400, query);
    match(answer.text, /"error":"Invalid query: dryRun /);
  }
  for (const [method, path] of [
    ["DELETE", ""],
    ["POST", "/certificate/rotate"],
    ["POST", "/specs/refresh"],
  ] as const) {
    const answer = await call(origin, `${servicesPath()}/${id}${path}?dryRun=true`, { method });
    deepEqual(
      [answer.status, JSON.parse(answer.text)],
      [400, { code: 400, error: "Invalid query: there is no dry run of this." }],
    );
  }
  equal(await kept(), before);
  equal((await dryPost(origin, plainService("b"), "?dryRun=false")).status, 200);
});

test("dry run - nobody is told of a change", async (context) => {
  const { origin } = await dryScene(context);
  const told: unknown[] = [];
  const tell = (change: unknown) => void told.push(change);
  serviceChanged.subscribe(tell);
  context.after(() => serviceChanged.unsubscribe(tell));
  equal((await dryPost(origin, plainService("a"))).status, 200);
  equal((await dryPost(origin, {})).status, 400);
  deepEqual(told, []);
  await registered(origin, plainService("a"));
  equal(told.length, 1);
});

test("registry dry run - an Idempotency-Key that would be refused is", async (context) => {
  const { origin } = await dryScene(context);
  const headers = { "Idempotency-Key": '"' };
  const init = { method: "POST", headers };
  const { status, text } = await send(origin, `${servicesPath()}?dryRun=true`, init, plainService("a"));
  equal(status, 400, text);
  match(text, /Invalid Idempotency-Key/);
});
