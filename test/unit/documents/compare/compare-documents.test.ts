import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareDocuments } from "../../../../src/documents/compare/compare-documents.ts";
import type { Comparison } from "../../../../src/documents/compare/comparison.ts";
import { newDocument } from "../check/check-as.ts";

const info = { title: "a", version: "1" };
const openApi = { openapi: "3.0.0", info, paths: {} };
const asyncApi = { asyncapi: "2.0.0", info, channels: {} };

function compare(before: unknown, after: unknown): Comparison {
  return compareDocuments(newDocument("openapi", "a.json", before), newDocument("openapi", "a.json", after));
}

test("comparison - the same bytes are unchanged, whatever they are", () => {
  for (const content of ["", "hello", "{", openApi])
    assert.equal(compare(content, content).verdict, "unchanged");
});

test("comparison - JSON and YAML of the same interface are unchanged", () => {
  const yaml = newDocument(
    "openapi",
    "a.yaml",
    "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n",
  );
  const { verdict, changes } = compareDocuments(newDocument("openapi", "a.json", openApi), yaml);
  assert.deepEqual([verdict, changes], ["unchanged", []]);
});

test("comparison - what cannot be compared has no verdict and says why", () => {
  const reasons: readonly (readonly [unknown, unknown, string])[] = [
    [openApi, asyncApi, "the one document is openapi, the other asyncapi"],
    ["hello", openApi, "the earlier document is no description of an interface"],
    [openApi, { name: "api" }, "the later document is neither OpenAPI, AsyncAPI nor OData"],
    [openApi, "[".repeat(100_000), "the later document is too large or nests too deeply"],
    [openApi, "{", "the later document is no description of an interface"],
    [openApi, Buffer.from([0, 1]), "the later document is no description of an interface"],
  ];
  for (const [before, after, reason] of reasons) {
    assert.deepEqual(compare(before, after), { verdict: "unknown", changes: [], reason });
  }
});

test("comparison - schemas that multiply are given up", () => {
  const part = (index: number) => ({ $ref: `#/components/schemas/s${index}` });
  const schemas = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `s${index}`,
      { allOf: Array.from({ length: 6 }, () => part(index + 1)) },
    ]),
  );
  const content = { "application/json": { schema: part(0) } };
  const paths = { "/a": { get: { responses: { 200: { description: "fine", content } } } } };
  const before = { ...openApi, paths, components: { schemas } };
  const after = { ...before, components: { schemas: { ...schemas, more: {} } } };
  assert.equal(compare(before, after).reason, "the documents are too entangled");
});

test("comparison - a long list of changes is cut, but not the breaking ones", () => {
  const paths = (count: number, method: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`/p${index}`, { [method]: {} }]));
  const before = { ...openApi, paths: paths(20, "get") };
  const after = { ...openApi, paths: paths(2_000, "put") };
  const { verdict, changes } = compare(before, after);
  assert.deepEqual([verdict, changes.length], ["breaking", 500]);
  assert.equal(changes.filter(({ severity }) => severity === "breaking").length, 20);
});

test("comparison - anything has an outcome", () => {
  const document = fc.record(
    {
      openapi: fc.constant("3.0.0"),
      paths: fc.dictionary(
        fc.constantFrom("/a", "/b/{c}"),
        fc.dictionary(fc.constantFrom("get", "post", "parameters"), fc.jsonValue()),
      ),
      asyncapi: fc.constantFrom("1.2.0", "2.0.0", "3.0.0"),
      channels: fc.jsonValue(),
      operations: fc.jsonValue(),
      topics: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, document, (before, after) => {
      const { verdict, reason } = compare(before, after);
      assert.equal(verdict === "unknown", reason !== undefined);
      assert.notEqual(reason, "the documents cannot be read");
    }),
  );
});
