import { test } from "node:test";
import { equal, match } from "node:assert/strict";
import { generateName } from "../../../src/core/resources/generate-name.ts";

test("generate name - appends five characters of an alphabet without vowels", () => {
  let next = 0;
  equal(
    generateName("shop-", () => next++),
    "shop-bcdfg",
  );
  match(
    generateName("shop-", (below) => below - 1),
    /^shop-9{5}$/,
  );
});

test("generate name - cuts the prefix so that the whole is a DNS label", () => {
  equal(
    generateName("a".repeat(80), () => 0),
    `${"a".repeat(58)}bbbbb`,
  );
});
