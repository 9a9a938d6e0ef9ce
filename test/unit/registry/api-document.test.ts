import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { API_DOCUMENT } from "../../../src/registry/api-document.ts";
import type { EndpointParts } from "../../../src/registry/endpoints/endpoint-parts.ts";
import { registrySettings } from "../../../src/registry/options.ts";
import { routes } from "../../../src/registry/routes.ts";
import { call } from "../../doubles/connector.ts";
import { registryScene } from "../../doubles/registry.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const document = parse(API_DOCUMENT) as Document;
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

test("registry api document - it is OpenAPI 3.0 as its schema has it", async () => {
  assert.equal(document.openapi, "3.0.0");
  const { valid, errors } = await new Validator().validate(parse(API_DOCUMENT) as Record<string, unknown>);
  assert.ok(valid, JSON.stringify(errors));
});

test("registry api document - all that it refers to is there, and all that is there is referred to", () => {
  const references = new Set(
    [...API_DOCUMENT.matchAll(/\$ref: "#\/components\/(\w+\/\w+)"/g)].map(([, name = ""]) => name),
  );
  const components = Object.entries(document.components).flatMap(([kind, all]) =>
    Object.keys(all).map((name) => `${kind}/${name}`),
  );
  assert.deepEqual([...references].toSorted(), components.toSorted());
});

test("registry api document - it describes exactly the methods that each path has", async (context) => {
  const { origin } = await registryScene(context);
  for (const [template, item] of Object.entries(document.paths)) {
    const described = METHODS.filter((method) => method in item);
    const path = template.replace("{application}", "shop").replaceAll(/\{\w+\}/g, "x");
    const { status, headers } = await call(origin, path, { method: "TRACE" });
    const isForAll = described.length === METHODS.length;
    const allowed = isForAll ? undefined : described.join(", ");
    assert.deepEqual([status, order(headers.allow)], [isForAll ? 301 : 405, allowed], path);
  }
});

test("registry api document - it describes every path", () => {
  const modified = new Date(0);
  const context = {} as EndpointParts["context"];
  const served = routes({ context, options: defaultsOf(registrySettings) }, modified, (endpoint) => endpoint);
  // The place of before 0.4 is for those who know it.
  const templates = new Set(
    served.map(({ template }) => template).filter((path) => !path.endsWith("metadataapi.yaml")),
  );
  assert.deepEqual(Object.keys(document.paths).toSorted(), [...templates].toSorted());
});

function order(allow: string | undefined): string | undefined {
  if (allow === undefined) return undefined;
  const methods = allow.toLowerCase().split(", ");
  return METHODS.filter((method) => methods.includes(method)).join(", ");
}
