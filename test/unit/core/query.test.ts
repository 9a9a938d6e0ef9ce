import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addParameters, joinQueries, queryNames } from "../../../src/core/query.ts";

const parameters = [
  { name: "a", encoded: "a=1&a=2" },
  { name: "b c", encoded: "b+c=3" },
];

for (const [first, second, joined] of [
  ["", "", ""],
  ["", "?", "?"],
  ["?", "", "?"],
  ["?", "?", "?"],
  ["?a=1", "", "?a=1"],
  ["?a=1", "?", "?a=1"],
  ["", "?a=1", "?a=1"],
  ["?", "?a=1", "?a=1"],
  ["?a=1", "?a=2&%zz", "?a=1&a=2&%zz"],
] as const) {
  test(`query - "${first}" and then "${second}" is "${joined}"`, () => {
    assert.equal(joinQueries(first, second), joined);
  });
}

for (const [query, added] of [
  ["", "?a=1&a=2&b+c=3"],
  ["?", "?a=1&a=2&b+c=3"],
  ["?x=1&", "?x=1&a=1&a=2&b+c=3"],
  ["?%61", "?%61&b+c=3"],
  ["?A=1&b+c", "?A=1&b+c&a=1&a=2"],
  ["?b%20c=&a", "?b%20c=&a"],
] as const) {
  test(`query - "${query}" gets the parameters whose decoded names it has not: "${added}"`, () => {
    assert.equal(addParameters(query, parameters, queryNames(query)), added);
  });
}

test("query - names that occur elsewhere count too, and without parameters a query stays as it is", () => {
  assert.equal(addParameters("?x=1", parameters, new Set(["a"]), new Set(["x"])), "?x=1&b+c=3");
  for (const query of ["", "?", "?x=1&", "?a=%zz"]) assert.equal(addParameters(query, []), query);
});

test("query - whatever is there stays in front, byte for byte, and no name comes twice by configuration", () => {
  const query = fc.string().map((text) => `?${text}`);
  fc.assert(
    fc.property(query, query, (first, second) => {
      const joined = joinQueries(first, second);
      const whole = addParameters(joined, parameters, queryNames(joined));
      assert.ok(whole.startsWith(joined));
      if (first !== "?") assert.ok(joined.startsWith(first));
      if (second !== "?") assert.ok(joined.endsWith(second.slice(1)));
      const written = new URLSearchParams(joined).getAll("b c");
      assert.deepEqual(new URLSearchParams(whole).getAll("b c"), written.length > 0 ? written : ["3"]);
    }),
  );
});
