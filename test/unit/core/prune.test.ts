import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { pruneUnknown } from "../../../src/core/resources/prune.ts";

test("prune - removes fields that the kind does not declare and names each by its path", () => {
  const value = {
    apiVersion: "v",
    metadata: { name: "shop", bogus: 1 },
    spec: { descripton: "typo", services: [{ id: "1", entries: [{ type: "API", zzz: 1 }] }] },
    top: true,
  };
  const pruned = pruneUnknown(applicationKind, value);
  deepEqual(pruned.unknown, ["metadata.bogus", "spec.descripton", "spec.services[0].entries[0].zzz", "top"]);
  deepEqual(pruned.value, {
    apiVersion: "v",
    metadata: { name: "shop" },
    spec: { services: [{ id: "1", entries: [{ type: "API" }] }] },
  });
});

test("prune - field names are compared with their case", () => {
  deepEqual(pruneUnknown(applicationKind, { spec: { Description: "x" } }).unknown, ["spec.Description"]);
});

test("prune - keys of maps are data, whatever they are", () => {
  const value = JSON.parse('{"spec":{"labels":{"__proto__":"a","constructor":"b"}}}') as unknown;
  const pruned = pruneUnknown(applicationKind, value);
  deepEqual(pruned.unknown, []);
  equal(JSON.stringify(pruned.value), JSON.stringify(value));
});

test("prune - names that every object inherits are unknown fields like others", () => {
  const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":1,"spec":{"toString":2}}') as unknown;
  const pruned = pruneUnknown(applicationKind, value);
  deepEqual(pruned.unknown, ["__proto__", "constructor", "spec.toString"]);
  equal("polluted" in (pruned.value as object), false);
});

test("prune - managedFields and what the server owns are no unknown fields", () => {
  const metadata = { name: "a", uid: "u", managedFields: [{ manager: "m" }], creationTimestamp: null };
  const pruned = pruneUnknown(secretKind, { metadata });
  deepEqual(pruned.unknown, []);
  deepEqual(pruned.value, { metadata: { name: "a", uid: "u", creationTimestamp: null } });
});

test("prune - leaves values of the wrong type for validation to name", () => {
  for (const value of [null, "text", 5, [], { spec: "text" }, { spec: [1], metadata: 7 }]) {
    deepEqual(pruneUnknown(applicationKind, value), { value, unknown: [] });
  }
});

test("prune - what is left has nothing unknown, and pruning it again changes nothing", () => {
  fc.assert(
    fc.property(fc.object({ key: someKey(), maxDepth: 5 }), (value) => {
      const once = pruneUnknown(applicationKind, value);
      const twice = pruneUnknown(applicationKind, once.value);
      deepEqual(twice, { value: once.value, unknown: [] });
      ok(once.unknown.length > 0 || JSON.stringify(once.value) === JSON.stringify(value));
    }),
  );
});

function someKey() {
  return fc.oneof(
    fc.constantFrom("spec", "metadata", "status", "services", "entries", "labels", "name", "__proto__", "x"),
    fc.string(),
  );
}
