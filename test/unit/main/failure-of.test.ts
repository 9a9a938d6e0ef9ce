import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { failureOf } from "../../../src/main/failure-of.ts";

test("serve - a store that ends of itself ends the process with its reason", async () => {
  const ended = new AbortController();
  const failure = failureOf(ended.signal, () => false);
  ended.abort(new Error("the disk is gone"));
  await assert.rejects(failure, /the disk is gone/);
});

test("serve - a store that had ended before is noticed too", async () => {
  await assert.rejects(
    failureOf(AbortSignal.abort(new Error("gone")), () => false),
    /gone/,
  );
});

test("serve - a store that is closed by a stop is no failure", async () => {
  const ended = new AbortController();
  const failure = failureOf(ended.signal, () => true);
  ended.abort(new Error("closed"));
  assert.equal(await Promise.race([failure, setImmediate("no failure")]), "no failure");
});
