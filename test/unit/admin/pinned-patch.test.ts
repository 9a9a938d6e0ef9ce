import assert from "node:assert/strict";
import { test } from "node:test";
import { pinnedPatch } from "../../../src/admin/limited/pinned-patch.ts";

const pinned = (value: unknown) => pinnedPatch({ type: "merge", value }, "7").value;

test("pinned patch - it is for the version, whatever it says of metadata", () => {
  const version = { resourceVersion: "7" };
  assert.deepEqual(pinned({}), { metadata: version });
  assert.deepEqual(pinned({ spec: { a: 1 } }), { spec: { a: 1 }, metadata: version });
  assert.deepEqual(pinned({ metadata: { labels: { a: null } } }), {
    metadata: { labels: { a: null }, ...version },
  });
  assert.deepEqual(pinned({ metadata: null }), { metadata: version });
  for (const none of [null, "", 0, undefined]) {
    assert.deepEqual(pinned({ metadata: { resourceVersion: none } }), { metadata: version });
  }
});

test("pinned patch - the caller's own version stays: it fails or holds by itself", () => {
  const own = { metadata: { resourceVersion: "6" } };
  assert.deepEqual(pinned(own), own);
});

test("pinned patch - operations come after one that fails upon another version", () => {
  const operation = { op: "copy", from: "/a", path: "/b" };
  const patch = pinnedPatch({ type: "merge", value: [operation] }, "7");
  assert.deepEqual(patch.value, [{ op: "test", path: "/metadata/resourceVersion", value: "7" }, operation]);
});

test("pinned patch - keys that look like more than data are data", () => {
  const value = JSON.parse(
    '{"__proto__":{"x":1},"metadata":{"__proto__":{"resourceVersion":"6"}}}',
  ) as unknown;
  const text = JSON.stringify(pinned(value));
  assert.equal(
    text,
    '{"__proto__":{"x":1},"metadata":{"__proto__":{"resourceVersion":"6"},"resourceVersion":"7"}}',
  );
});
