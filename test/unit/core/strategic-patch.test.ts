import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { PlainObject } from "../../../src/core/plain-object.ts";
import { mergePatch } from "../../../src/core/resources/merge-patch.ts";
import { strategicPatch } from "../../../src/core/resources/strategic-patch.ts";

function patched(target: PlainObject, patch: PlainObject): PlainObject {
  const result = strategicPatch(target, patch);
  if (result.kind === "bad-patch") throw new Error(result.problem);
  return result.value;
}

function finalizersAfter(former: readonly string[], metadata: PlainObject): unknown {
  const value = patched({ metadata: { finalizers: former } }, { metadata });
  return (value["metadata"] as PlainObject)["finalizers"];
}

function ownersAfter(former: readonly PlainObject[], metadata: PlainObject): unknown {
  const value = patched({ metadata: { ownerReferences: former } }, { metadata });
  return (value["metadata"] as PlainObject)["ownerReferences"];
}

test("strategic patch - maps merge, null deletes, other lists are replaced", () => {
  deepEqual(
    patched(
      { data: { a: "1", b: "2" }, list: [1, 2], type: "x" },
      { data: { a: null, c: "3" }, list: [3], type: null },
    ),
    { data: { b: "2", c: "3" }, list: [3] },
  );
});

test("strategic patch - finalizers are a set in which the patch's new items come first", () => {
  deepEqual(finalizersAfter(["a", "b"], { finalizers: ["c"] }), ["c", "a", "b"]);
  deepEqual(finalizersAfter(["a", "b"], { finalizers: ["b"] }), ["a", "b"]);
  deepEqual(finalizersAfter(["a", "b", "c"], { finalizers: ["c", "d", "a"] }), ["b", "c", "d", "a"]);
  deepEqual(finalizersAfter([], { finalizers: ["b", "a"] }), ["b", "a"]);
});

test("strategic patch - $deleteFromPrimitiveList removes, also after an order was given", () => {
  deepEqual(finalizersAfter(["a", "b"], { "$deleteFromPrimitiveList/finalizers": ["a", "z"] }), ["b"]);
  deepEqual(
    finalizersAfter(["1", "2", "5", "3"], {
      "$deleteFromPrimitiveList/finalizers": ["3"],
      "$setElementOrder/finalizers": ["3", "4", "2"],
    }),
    ["1", "5", "2"],
  );
});

test("strategic patch - $setElementOrder orders what it names", () => {
  deepEqual(finalizersAfter(["a", "b", "c"], { "$setElementOrder/finalizers": ["c", "b", "a"] }), [
    "c",
    "b",
    "a",
  ]);
  deepEqual(finalizersAfter(["a", "b"], { finalizers: ["c"], "$setElementOrder/finalizers": ["b", "c"] }), [
    "a",
    "b",
    "c",
  ]);
});

test("strategic patch - owner references merge by uid", () => {
  const [one, two] = [
    { uid: "1", name: "a" },
    { uid: "2", name: "b" },
  ];
  deepEqual(ownersAfter([one, two], { ownerReferences: [{ uid: "2", name: "c" }, { uid: "3" }] }), [
    one,
    { uid: "2", name: "c" },
    { uid: "3" },
  ]);
  deepEqual(ownersAfter([one, two], { ownerReferences: [{ $patch: "delete", uid: "1" }] }), [two]);
  deepEqual(ownersAfter([one, two], { ownerReferences: [{ $patch: "replace" }, { uid: "9" }] }), [
    { uid: "9" },
  ]);
  deepEqual(ownersAfter([one, two], { "$setElementOrder/ownerReferences": [{ uid: "2" }, { uid: "1" }] }), [
    two,
    one,
  ]);
});

test("strategic patch - the ports of a Service merge by their number, as kubectl apply sends them", () => {
  const target = {
    spec: {
      ports: [
        { port: 80, name: "http" },
        { port: 443, name: "https" },
      ],
    },
  };
  deepEqual(
    patched(target, {
      spec: {
        "$setElementOrder/ports": [{ port: 443 }, { port: 80 }, { port: 81 }],
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 81, name: "more" },
        ],
      },
    }),
    {
      spec: {
        ports: [
          { port: 443, name: "https" },
          { port: 80, name: "http", targetPort: 8080 },
          { port: 81, name: "more" },
        ],
      },
    },
  );
  deepEqual(patched(target, { spec: { ports: [{ $patch: "delete", port: 80 }] } }), {
    spec: { ports: [{ port: 443, name: "https" }] },
  });
  deepEqual(strategicPatch(target, { spec: { ports: [{ name: "x" }] } }), {
    kind: "bad-patch",
    problem: "an item of spec.ports has no port",
  });
});

test("strategic patch - $patch replaces or empties a map, $retainKeys drops the other keys", () => {
  const target = { data: { a: "1", b: "2" } };
  deepEqual(patched(target, { data: { $patch: "replace", c: "3" } }), { data: { c: "3" } });
  deepEqual(patched(target, { data: { $patch: "delete" } }), { data: {} });
  deepEqual(patched(target, { data: { $retainKeys: ["b", "c"], c: "3" } }), { data: { b: "2", c: "3" } });
});

test("strategic patch - a patch that contradicts itself is named without its values", () => {
  const cases: [PlainObject, string][] = [
    [{ data: { $patch: "hunter2" } }, "unknown $patch directive at data"],
    [{ $patch: "merge" }, "unknown $patch directive at the top"],
    [{ data: { $retainKeys: "a" } }, "data.$retainKeys must be a list of texts"],
    [{ data: { $retainKeys: ["a"], b: "hunter2" } }, "$retainKeys must list every key that the patch sets"],
    [{ metadata: { finalizers: [1] } }, "metadata.finalizers must be a list of texts"],
    [{ metadata: { ownerReferences: [{}] } }, "an item of metadata.ownerReferences has no uid"],
    [{ metadata: { ownerReferences: ["x"] } }, "the items of metadata.ownerReferences must be objects"],
    [
      { metadata: { "$setElementOrder/finalizers": 1 } },
      "metadata.$setElementOrder/finalizers must be a list",
    ],
    [{ metadata: { $unknown: 1 } }, "unknown directive metadata.$unknown"],
    [
      { metadata: { finalizers: ["a", "b"], "$setElementOrder/finalizers": ["b", "a"] } },
      "the order of metadata.finalizers does not match its $setElementOrder",
    ],
  ];
  for (const [patch, problem] of cases) deepEqual(strategicPatch({}, patch), { kind: "bad-patch", problem });
});

test("strategic patch - keys that objects inherit are data", () => {
  const patch = JSON.parse('{"data":{"__proto__":{"polluted":"1"},"constructor":"2"}}') as PlainObject;
  equal(JSON.stringify(patched({}, patch)), '{"data":{"__proto__":{"polluted":"1"},"constructor":"2"}}');
  equal("polluted" in {}, false);
});

const name = (): fc.Arbitrary<string> => fc.constantFrom("a", "b", "c", "d", "e");
const someMap = () => fc.dictionary(name(), fc.option(fc.string()));

test("strategic patch - on maps it is a merge patch, and changes no input", () => {
  fc.assert(
    fc.property(someMap(), someMap(), (target, patch) => {
      const before = JSON.stringify([target, patch]);
      deepEqual(patched({ data: target }, { data: patch }), mergePatch({ data: target }, { data: patch }));
      equal(JSON.stringify([target, patch]), before);
    }),
  );
});

test("strategic patch - a set holds the old and the new once, each side in its own order", () => {
  const names = () => fc.uniqueArray(name());
  fc.assert(
    fc.property(names(), names(), (former, added) => {
      const result = finalizersAfter(former, { finalizers: added }) as string[];
      deepEqual(result.toSorted(), [...new Set([...former, ...added])].toSorted());
      deepEqual(
        result.filter((item) => added.includes(item)),
        added,
      );
      const own = former.filter((item) => !added.includes(item));
      deepEqual(
        result.filter((item) => own.includes(item)),
        own,
      );
    }),
  );
});
