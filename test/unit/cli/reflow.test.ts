import assert from "node:assert/strict";
import { test } from "node:test";
import { reflow } from "../../../src/cli/output/reflow.ts";

test("reflow - paragraphs fill lines, and are broken between words alone", () => {
  const text = "\nOne two three\nfour five.\n\nSix.\n";
  assert.equal(reflow(text, 9), "\nOne two\nthree\nfour\nfive.\n\nSix.\n");
  assert.equal(reflow(text, 100), "\nOne two three four five.\n\nSix.\n");
  assert.equal(reflow("unbreakable words", 5), "unbreakable\nwords");
});

test("reflow - what is indented stays as it is, with the line above it", () => {
  const text = "Examples:\n  appconn top | jq .\n  appconn top\n\n  alone\n";
  assert.equal(reflow(text, 10), text);
});
