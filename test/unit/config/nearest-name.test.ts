import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nearestName } from "../../../src/config/nearest-name.ts";

const known = ["apply", "get", "describe", "delete", "serve"];

test("nearest name - a slip of the finger finds its name", () => {
  assert.equal(nearestName("aplpy", known), "apply");
  assert.equal(nearestName("descrbe", known), "describe");
  assert.equal(nearestName("SERVE", known), "serve");
  assert.equal(nearestName("gte", known), "get");
});

test("nearest name - a word that is near none finds none", () => {
  assert.equal(nearestName("x", known), undefined);
  assert.equal(nearestName("completely-else", known), undefined);
  assert.equal(nearestName("", known), undefined);
});

test("nearest name - a known name is its own nearest", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (names) => {
      for (const name of names) assert.equal(nearestName(name, names), name);
    }),
  );
});
