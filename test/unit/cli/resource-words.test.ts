import assert from "node:assert/strict";
import { test } from "node:test";
import { readResourceWords } from "../../../src/cli/resource-words.ts";

test("resource words - types, names and pairs are read as kubectl reads them", () => {
  assert.deepEqual(readResourceWords(["app"]), [{ type: "app" }]);
  assert.deepEqual(readResourceWords(["app,secret"]), [{ type: "app" }, { type: "secret" }]);
  assert.deepEqual(readResourceWords(["app", "a", "b"]), [
    { type: "app", name: "a" },
    { type: "app", name: "b" },
  ]);
  assert.deepEqual(readResourceWords(["app/a", "secret/s"]), [
    { type: "app", name: "a" },
    { type: "secret", name: "s" },
  ]);
});

test("resource words - what mixes both ways is refused as a mistake of usage", () => {
  for (const words of [
    ["app", "secret/s"],
    ["app/a", "b"],
    ["app/"],
    ["/a"],
    ["app/a/b"],
    [],
    [""],
    [","],
    ["app", ""],
    ["app", "a", ""],
  ]) {
    assert.throws(() => readResourceWords(words), { exitCode: 2 }, words.join(" "));
  }
});
