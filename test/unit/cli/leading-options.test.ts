import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFirst } from "../../../src/cli/leading-options.ts";

const moved = (words: string): string => commandFirst(words.split(" ")).join(" ");

test("leading options - those that name the server may stand before the command", () => {
  assert.equal(moved("--kubeconfig f get apps"), "get apps --kubeconfig f");
  assert.equal(
    moved("--kubeconfig=f --context c access list -o name"),
    "access list -o name --kubeconfig=f --context c",
  );
  assert.equal(moved("--data-dir d search -- --word"), "search --data-dir d -- --word");
});

test("leading options - all others, and those without a command, stay where they are", () => {
  for (const words of [
    "get apps --kubeconfig f",
    "--output json get",
    "--kubeconfig f",
    "--kubeconfig",
    "--help",
  ]) {
    assert.equal(moved(words), words);
  }
  assert.deepEqual(commandFirst([]), []);
});
