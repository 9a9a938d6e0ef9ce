import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { threeWayMerge } from "../../../src/cli/manifests/three-way-merge.ts";
import { isPlainObject, type PlainObject } from "../../../src/core/plain-object.ts";

test("three-way merge - nothing to do is nothing", () => {
  const state = { spec: { a: 1, list: [1, { b: 2 }] } };
  const current = { spec: { ...state.spec, defaulted: true }, status: {} };
  assert.equal(threeWayMerge({ original: state, modified: state, current }), undefined);
  assert.equal(threeWayMerge({ original: undefined, modified: state, current }), undefined);
});

test("three-way merge - fields of the file are added and changed, those of others stay", () => {
  assert.deepEqual(
    threeWayMerge({
      original: { spec: { a: 1 } },
      modified: { spec: { a: 2, b: { c: 3 } } },
      current: { spec: { a: 1, others: 9 } },
    }),
    { spec: { a: 2, b: { c: 3 } } },
  );
});

test("three-way merge - what the last file said and this one does not is deleted, if it is still there", () => {
  assert.deepEqual(
    threeWayMerge({
      original: { spec: { a: 1, gone: 1, deep: { x: 1, y: 2 } } },
      modified: { spec: { a: 1, deep: { x: 1 } } },
      current: { spec: { a: 1, deep: { x: 1, y: 2, theirs: 3 } } },
    }),
    { spec: { deep: { y: null } } },
  );
});

test("three-way merge - a list is replaced as a whole", () => {
  assert.deepEqual(threeWayMerge({ original: { l: [1] }, modified: { l: [1, 2] }, current: { l: [1, 3] } }), {
    l: [1, 2],
  });
});

test("three-way merge - null in a file deletes nothing that others wrote", () => {
  const modified = { metadata: { creationTimestamp: null } };
  const current = { metadata: { creationTimestamp: "2026-11-21T00:00:00Z" } };
  assert.equal(threeWayMerge({ original: modified, modified, current }), undefined);
});

test("three-way merge - a map that becomes a text, and a text that becomes a map", () => {
  assert.deepEqual(
    threeWayMerge({ original: { a: { b: 1 } }, modified: { a: "text" }, current: { a: { b: 1 } } }),
    { a: "text" },
  );
  assert.deepEqual(
    threeWayMerge({ original: { a: "text" }, modified: { a: { b: 1 } }, current: { a: "text" } }),
    { a: { b: 1 } },
  );
});

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const result = new Map(Object.entries(isPlainObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

const trees = fc.letrec<{ tree: PlainObject; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom("x", "y"),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    tie("tree"),
  ),
  tree: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__", "10"), tie("value"), { maxKeys: 4 }),
})).tree;

/** Whether everything that `part` says holds in `whole`. */
function says(whole: unknown, part: unknown): boolean {
  if (!isPlainObject(part)) {
    assert.deepEqual(whole, part);
    return true;
  }
  return Object.entries(part).every(
    ([key, value]) => isPlainObject(whole) && Object.hasOwn(whole, key) && says(whole[key], value),
  );
}

test("three-way merge - after the patch the server says what the file says, and a second apply has nothing to do", () => {
  fc.assert(
    fc.property(trees, trees, trees, (original, modified, current) => {
      const patch = threeWayMerge({ original, modified, current });
      const after = (patch ? mergePatch(current, patch) : current) as PlainObject;
      assert.ok(says(after, modified), JSON.stringify({ patch, after }));
      assert.equal(threeWayMerge({ original: modified, modified, current: after }), undefined);
    }),
  );
});
