import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { mergePatch } from "../../../src/core/resources/merge-patch.ts";

test("merge patch - does what the examples of RFC 7386 say", () => {
  const cases: [unknown, unknown, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of cases) deepEqual(mergePatch(target, patch), result);
});

test("merge patch - keys that objects inherit are data", () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"x":1}}') as unknown;
  const merged = mergePatch({}, patch);
  equal(JSON.stringify(merged), '{"__proto__":{"polluted":true},"constructor":{"x":1}}');
  equal("polluted" in {}, false);
  equal(Object.getPrototypeOf(merged), Object.prototype);
});

const json = () => fc.jsonValue({ maxDepth: 4 });

test("merge patch - applied twice it does what it does once, and changes no input", () => {
  fc.assert(
    fc.property(json(), json(), (target, patch) => {
      const [targetText, patchText] = [JSON.stringify(target), JSON.stringify(patch)];
      const once = mergePatch(target, patch);
      deepEqual(mergePatch(once, patch), once);
      deepEqual([JSON.stringify(target), JSON.stringify(patch)], [targetText, patchText]);
    }),
  );
});
