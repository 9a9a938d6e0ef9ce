import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { apiDocument } from "../../../../src/registry/specification/api-document.ts";
import { documentationDocument } from "../../../../src/registry/specification/documentation-document.ts";
import { eventsDocument } from "../../../../src/registry/specification/events-document.ts";
import { topLevelMembers } from "../../../../src/registry/specification/top-level-members.ts";

for (const [content, apiType, type, fileName] of [
  ["{}", "", "openapi", "apiSpec.json"],
  ["openapi: 3.0.0", "rest", "openapi", "apiSpec.json"],
  ["<edmx/>", "odata", "odata", "odata.xml"],
  ['<?xml version="1.0"?>', "OData", "odata", "odata.xml"],
  [" \n<a>", "ODATA", "odata", "odata.xml"],
  ['{"a":1}', "odata", "odata", "odata.json"],
  ['{"a":"> <b>"}', "odata", "odata", "odata.json"],
  [`${" ".repeat(511)}<a>`, "odata", "odata", "odata.json"],
  [`${" ".repeat(509)}<a>`, "odata", "odata", "odata.xml"],
  ["", "odata", "odata", "odata.json"],
] as const) {
  test(`documents - an API of type '${apiType}' with ${JSON.stringify(content.trim())} is ${fileName}`, () => {
    const bytes = Buffer.from(content);
    assert.deepEqual(apiDocument(bytes, apiType), { type, fileName, content: bytes });
  });
}

test("documents - events are kept as they are, and null is none", () => {
  const content = Buffer.from('{"asyncapi":"2.0.0","n":1.0}');
  assert.deepEqual(eventsDocument({ spec: content }), {
    type: "asyncapi",
    fileName: "asyncApiSpec.json",
    content,
  });
  for (const none of [
    undefined,
    { spec: undefined },
    { spec: Buffer.from("null") },
    { spec: Buffer.from("") },
  ]) {
    assert.equal(eventsDocument(none), undefined);
  }
});

test("documents - documentation is kept as it is, and absent without it", () => {
  assert.equal(documentationDocument(undefined), undefined);
  const content = Buffer.from('{"displayName":"D"}');
  assert.deepEqual(documentationDocument(content), { type: "docs", fileName: "content.json", content });
});

test("documents - the members of any JSON object are found where they are", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, indent) => {
      const json = JSON.stringify(object, undefined, indent);
      const members = topLevelMembers(json) ?? [];
      const found = members.map(({ name, valueStart, valueEnd }) => [
        name,
        JSON.parse(json.slice(valueStart, valueEnd)),
      ]);
      assert.deepEqual(found, Object.entries(JSON.parse(json) as object));
    }),
  );
});
