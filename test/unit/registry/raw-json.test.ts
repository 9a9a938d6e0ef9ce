import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { goJson } from "../../../src/http/go-json.ts";
import { rawJson, rawObject } from "../../../src/registry/raw-json.ts";

test("raw JSON - numbers, duplicates and the order of keys stay as they are written", () => {
  assert.equal(
    rawJson(' { "b" : 1.0 ,\n\t"a": [ 12345678901234567890, 1e2 ], "b": "x  y" , "10":0,"9":0}\r\n'),
    '{"b":1.0,"a":[12345678901234567890,1e2],"b":"x  y","10":0,"9":0}',
  );
});

test("raw JSON - HTML characters and the line separators of JavaScript are escaped, others not", () => {
  assert.equal(
    rawJson('{"<a>":"&\u2028\u2029 \\b \\u003c ü \\" \\\\"}'),
    '{"\\u003ca\\u003e":"\\u0026\\u2028\\u2029 \\b \\u003c ü \\" \\\\"}',
  );
});

test("raw JSON - what is no JSON is none", () => {
  for (const text of ["", "swagger: '2.0'", "<edmx:Edmx/>", "{} {}", '\uFEFF{"a":1}', "{'a':1}", "[1,]"]) {
    assert.equal(rawJson(text), undefined, text);
  }
});

test("raw JSON - it says what the text said, and is what Go's encoder writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("", " ", "\t", "\n  "), (value, indent) => {
      const raw = rawJson(JSON.stringify(value, undefined, indent));
      assert.deepEqual(JSON.parse(raw ?? ""), JSON.parse(JSON.stringify(value)));
      if (!/\\[bf]/.test(JSON.stringify(value))) assert.equal(raw, goJson(value));
    }),
  );
});

test("raw JSON - an object leaves out what has no value", () => {
  assert.equal(rawObject({}), "{}");
  assert.equal(rawObject({ a: "1", b: undefined, c: "null" }), '{"a":1,"c":null}');
});
