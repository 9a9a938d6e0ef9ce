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
  const spec = '{"asyncapi":"2.0.0","n":1.0}';
  const content = Buffer.from(spec);
  assert.deepEqual(eventsDocument({ spec }), { type: "asyncapi", fileName: "asyncApiSpec.json", content });
  for (const none of [undefined, { spec: undefined }, { spec: "null" }, { spec: "" }]) {
    assert.equal(eventsDocument(none), undefined);
  }
});

test("documents - documentation is its known members as JSON", () => {
  assert.equal(documentationDocument(undefined), undefined);
  const empty = { displayName: "D", description: "<d>", type: "html", tags: [], docs: [] };
  const document = documentationDocument(empty);
  assert.deepEqual([document?.type, document?.fileName], ["docs", "content.json"]);
  assert.equal(
    Buffer.from(document?.content ?? []).toString(),
    '{"displayName":"D","description":"\\u003cd\\u003e","type":"html"}',
  );
  const docs = [{ title: "a", type: "md", source: "# hi", unknown: 1 }];
  const full = documentationDocument({ ...empty, tags: ["t"], docs });
  assert.deepEqual(JSON.parse(Buffer.from(full?.content ?? []).toString()), {
    displayName: "D",
    description: "<d>",
    type: "html",
    tags: ["t"],
    docs: [{ title: "a", type: "md", source: "# hi" }],
  });
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
