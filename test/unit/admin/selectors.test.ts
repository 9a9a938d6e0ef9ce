import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AdminFailure } from "../../../src/admin/admin-failure.ts";
import { parseFieldSelector } from "../../../src/admin/query/field-selector.ts";
import { parseLabelSelector } from "../../../src/admin/query/label-selector.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";

test("label selector - every form that kubectl writes", () => {
  for (const [text, requirement] of [
    ["a=b", { key: "a", operator: "=", values: ["b"] }],
    ["a==b", { key: "a", operator: "=", values: ["b"] }],
    ["a = b", { key: "a", operator: "=", values: ["b"] }],
    ["a=", { key: "a", operator: "=", values: [""] }],
    ["a!=b", { key: "a", operator: "!=", values: ["b"] }],
    ["x.io/a in (x, y)", { key: "x.io/a", operator: "in", values: ["x", "y"] }],
    ["a notin (x,)", { key: "a", operator: "notin", values: ["x", ""] }],
    ["a", { key: "a", operator: "exists", values: [] }],
    ["!a", { key: "a", operator: "!exists", values: [] }],
    ["a>5", { key: "a", operator: ">", values: ["5"] }],
    ["a < 5", { key: "a", operator: "<", values: ["5"] }],
    ["in in (in)", { key: "in", operator: "in", values: ["in"] }],
  ] as const) {
    assert.deepEqual(parseLabelSelector(text), [requirement], text);
  }
  assert.equal(parseLabelSelector("a=b, c in (x,y),!d , e").length, 4);
  assert.deepEqual(parseLabelSelector("  "), []);
});

test("label selector - what is none is refused with what was expected", () => {
  for (const text of [
    ",",
    "a,",
    "=b",
    "a=b=c",
    "a in",
    "a in x",
    "a in (x",
    "a in (x y)",
    "a>x",
    "!",
    "!!a",
    "a b",
    "a=b c",
    "()",
    "a!b",
    "-a",
    "a=b/c",
    "a=-",
    "x/y/z=1",
  ]) {
    assert.throws(
      () => parseLabelSelector(text),
      { code: "ADMIN_BAD_REQUEST", message: /^unable to parse requirement: / },
      text,
    );
  }
});

test("label selector - any text is parsed or refused, in time that follows its length", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab,()=!<> \tin/.-".split("")) }), (text) => {
      try {
        parseLabelSelector(text);
      } catch (error) {
        assert(error instanceof AdminFailure);
      }
    }),
    { numRuns: 2000 },
  );
});

test("field selector - operators, escapes and the kind's own fields", () => {
  const parse = (text: string) => parseFieldSelector(secretKind as never, text);
  assert.deepEqual(parse("metadata.name=a,metadata.namespace!=b,type==c"), [
    { field: "metadata.name", operator: "=", value: "a" },
    { field: "metadata.namespace", operator: "!=", value: "b" },
    { field: "type", operator: "=", value: "c" },
  ]);
  assert.deepEqual(parse(String.raw`type=a\,b\=c\\d`), [
    { field: "type", operator: "=", value: String.raw`a,b=c\d` },
  ]);
  assert.deepEqual(parse("type=,"), [{ field: "type", operator: "=", value: "" }]);
  for (const text of ["type", "type>1", "type=a=b", String.raw`type=\x`, "=x", "data=x", "constructor=x"]) {
    assert.throws(() => parse(text), { code: "ADMIN_BAD_REQUEST" }, text);
  }
});

test("field selector - an escaped value comes back as it was", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const escaped = value.replace(/[\\,=]/g, String.raw`\$&`);
      assert.deepEqual(parseFieldSelector(secretKind as never, `type=${escaped}`), [
        { field: "type", operator: "=", value },
      ]);
    }),
  );
});
