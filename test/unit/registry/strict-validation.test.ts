import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { clusterAssetGroupKind } from "../../../src/core/resources/cluster-asset-group.ts";
import { call, type Got } from "../../doubles/connector.ts";
import {
  applicationOf,
  fullService,
  keptObjects,
  plainService,
  post,
  put,
  registered,
  registryScene,
  send,
  servicesPath,
} from "../../doubles/registry.ts";
import { startTarget } from "../../doubles/target.ts";

const STRICT = { options: { specValidation: "strict" } } as const;

/** The document on which the line is known lies over several lines, so that it is fetched. */
const BROKEN = `{
  "openapi": "3.0.0",
  "info": { "title": 5 },
  "paths": { "x": {}, "y": {}, "z": {} }
}`;

const errorOf = ({ text }: Got): string => (JSON.parse(text) as { error: string }).error;

test("strict validation - a document that breaks its format refuses the registration, and nothing is left", async (context) => {
  await using target = await startTarget((answered) => void answered.respond(200, {}, BROKEN));
  const { origin, store } = await registryScene(context, STRICT);
  const before = await applicationOf(store);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const events = { spec: { asyncapi: "9.0.0" } };
  const answer = await post(origin, fullService({ api, events }));
  equal(answer.status, 400, answer.text);
  match(
    errorOf(answer),
    /^Creating service failed, documents break their format: openapi \/info \(line 3\): [^;]+; openapi \/info\/title \(line 3\): [^;]+; openapi \/paths\/x \(line 4\): [^;]+; and \d+ more$/,
  );
  deepEqual(await applicationOf(store), before);
  deepEqual(await keptObjects(store), { secrets: [], accessServices: [] });
  deepEqual((await store.collection(clusterAssetGroupKind).list()).items, []);
});

test("strict validation - a change is refused likewise, and the service stays what it was", async (context) => {
  const { origin } = await registryScene(context, STRICT);
  const id = await registered(origin, fullService());
  const path = `${servicesPath()}/${id}`;
  const { text } = await call(origin, path);
  const answer = await put(origin, id, fullService({ events: { spec: { asyncapi: "9.0.0" } } }));
  equal(answer.status, 400, answer.text);
  equal(
    errorOf(answer),
    `Updating ${id} service failed, documents break their format: asyncapi /asyncapi (line 1): asyncapi: unsupported asyncapi version '9.0.0'`,
  );
  equal((await call(origin, path)).text, text);
});

test("strict validation - a specification that is fetched again and breaks its format leaves the one that is there", async (context) => {
  let document = '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}';
  await using target = await startTarget((answered) => void answered.respond(200, {}, document));
  const { origin } = await registryScene(context, STRICT);
  const api = { targetUrl: "https://a.example", specificationUrl: `${target.url}/spec` };
  const id = await registered(origin, plainService("a", { api }));
  const path = `${servicesPath()}/${id}`;
  const { text } = await call(origin, path);
  document = BROKEN;
  const answer = await call(origin, `${path}/specs/refresh`, { method: "POST" });
  equal(answer.status, 400, answer.text);
  match(
    errorOf(answer),
    /^Refreshing specification of service with ID .* failed, documents break their format: /,
  );
  equal((await call(origin, path)).text, text);
});

test("strict validation - warnings, formats that nobody knows and services without documents are no errors", async (context) => {
  const { origin } = await registryScene(context, STRICT);
  const api = { targetUrl: "https://a.example", spec: { name: "api" } };
  await registered(origin, plainService("unknown", { api }));
  await registered(origin, plainService("none"));
});

test("strict validation - a dry run has the refusal, and all that was found", async (context) => {
  const { origin } = await registryScene(context, STRICT);
  const api = { targetUrl: "https://a.example", spec: JSON.parse(BROKEN) as object };
  const path = `${servicesPath()}?dryRun=true`;
  const answer = await send(origin, path, { method: "POST" }, plainService("a", { api }));
  equal(answer.status, 400, answer.text);
  const { code, error, documents } = JSON.parse(answer.text) as {
    code: number;
    error: string;
    documents: { findings: object[] }[];
  };
  equal(code, 400);
  match(error, /^Creating service failed, documents break their format: openapi .*; and \d+ more$/);
  ok((documents[0]?.findings.length ?? 0) > 3);
});

test("strict validation - without it such a document is registered with its findings", async (context) => {
  const { origin } = await registryScene(context);
  const api = { targetUrl: "https://a.example", spec: JSON.parse(BROKEN) as object };
  await registered(origin, plainService("a", { api }));
});
