import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareFields } from "../../../src/core/resources/managed-fields/compare-fields.ts";
import {
  inOrder,
  readManagedFields,
  type ManagedFieldsEntry,
} from "../../../src/core/resources/managed-fields/entry.ts";
import {
  fieldPaths,
  intersect,
  subtract,
  subtractBranches,
  unite,
  type Fields,
  type FieldSet,
} from "../../../src/core/resources/managed-fields/fields.ts";
import { fieldsOf, namedFields } from "../../../src/core/resources/managed-fields/fields-of.ts";
import { recordUpdate } from "../../../src/core/resources/managed-fields/record-update.ts";

const owner = (uid: string) => ({ apiVersion: "v1", kind: "Secret", name: "s", uid });

const whole = {
  apiVersion: "g/v1",
  kind: "K",
  metadata: {
    name: "n",
    namespace: "default",
    uid: "u",
    resourceVersion: "1",
    generation: 1,
    labels: { x: "1" },
    finalizers: ["a/b"],
    ownerReferences: [owner("u1")],
  },
  spec: { text: "t", empty: {}, none: null, list: [{ a: 1 }], map: { k: "v" } },
};

test("managed fields - objects and maps are granular, lists are leaves, metadata has a set and a keyed list", () => {
  deepEqual(fieldsOf(whole), {
    "f:metadata": {
      "f:labels": { ".": {}, "f:x": {} },
      "f:finalizers": { ".": {}, 'v:"a/b"': {} },
      "f:ownerReferences": { ".": {}, 'k:{"uid":"u1"}': {} },
    },
    "f:spec": {
      ".": {},
      "f:text": {},
      "f:empty": {},
      "f:none": {},
      "f:list": {},
      "f:map": { ".": {}, "f:k": {} },
    },
  });
  deepEqual(namedFields(whole), {
    "f:metadata": {
      "f:labels": { "f:x": {} },
      "f:finalizers": { 'v:"a/b"': {} },
      "f:ownerReferences": { 'k:{"uid":"u1"}': {} },
    },
    "f:spec": { "f:text": {}, "f:empty": {}, "f:none": {}, "f:list": {}, "f:map": { "f:k": {} } },
  });
  equal(fieldsOf({ apiVersion: "v1", kind: "K", metadata: { name: "n" } }), undefined);
});

test("managed fields - a comparison names what was added or changed, and what is gone with all that was in it", () => {
  const next = {
    ...whole,
    metadata: {
      ...whole.metadata,
      finalizers: ["c/d", "a/b"],
      ownerReferences: [owner("u2")],
      generation: 2,
    },
    spec: { text: "other", empty: {}, none: null, list: [{ a: 2 }], more: { deep: { er: 1 } } },
  };
  deepEqual(compareFields(whole, next), {
    changed: {
      "f:metadata": { "f:finalizers": { 'v:"c/d"': {} }, "f:ownerReferences": { 'k:{"uid":"u2"}': {} } },
      "f:spec": { "f:text": {}, "f:list": {}, "f:more": { ".": {}, "f:deep": { ".": {}, "f:er": {} } } },
    },
    removed: {
      "f:metadata": { "f:ownerReferences": { 'k:{"uid":"u1"}': {} } },
      "f:spec": { "f:map": { ".": {}, "f:k": {} } },
    },
  });
  deepEqual(compareFields(whole, structuredClone(whole)), { changed: undefined, removed: undefined });
  const bare = (generation: number) => ({ metadata: { name: "n", generation } });
  deepEqual(compareFields(bare(1), bare(2)), { changed: undefined, removed: undefined });
  const changed = (before: unknown, after: unknown) =>
    compareFields({ spec: before }, { spec: after }).changed;
  deepEqual(changed({ m: null }, { m: {} }), { "f:spec": { "f:m": {} } });
  deepEqual(changed({ m: null }, { m: { a: "1" } }), { "f:spec": { "f:m": { "f:a": {} } } });
  deepEqual(changed({ m: "text" }, { m: ["list"] }), { "f:spec": { "f:m": {} } });
});

test("managed fields - an apply of an empty set names nothing, of an empty object the object", () => {
  deepEqual(
    namedFields({ metadata: { finalizers: [], ownerReferences: [], labels: {} }, spec: { list: [] } }),
    {
      "f:metadata": { "f:labels": {} },
      "f:spec": { "f:list": {} },
    },
  );
});

test("managed fields - an item that stands in a set twice is one field, which is changed when it comes to that", () => {
  const of = (...finalizers: string[]) => ({ metadata: { finalizers } });
  const changed = { "f:metadata": { "f:finalizers": { 'v:"a/b"': {} } } };
  deepEqual(compareFields(of("a/b"), of("a/b", "a/b")), { changed, removed: undefined });
  deepEqual(compareFields(of("a/b", "a/b"), of("c/d", "a/b", "a/b")), {
    changed: { "f:metadata": { "f:finalizers": { 'v:"c/d"': {} } } },
    removed: undefined,
  });
});

test("managed fields - of entries of one writer the last counts, and [null] takes all away", () => {
  const entry = (fields: string) =>
    ({
      manager: "m",
      operation: "Update",
      apiVersion: "v1",
      fieldsType: "FieldsV1",
      fieldsV1: { [fields]: {} },
    }) as const;
  deepEqual(readManagedFields([entry("f:a"), entry("f:b")]), [entry("f:b")]);
  deepEqual(readManagedFields([null]), []);
});

test("managed fields - a key __proto__ is a field like any other", () => {
  const spec = JSON.parse('{"__proto__":{"constructor":1}}') as object;
  const fields = fieldsOf({ spec });
  equal(JSON.stringify(fields), '{"f:spec":{".":{},"f:__proto__":{".":{},"f:constructor":{}}}}');
});

const anyFields = fc.letrec<{ node: Fields }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constant<Fields>({}),
    fc.dictionary(fc.constantFrom(".", "f:a", "f:b", 'v:"x"'), tie("node"), { minKeys: 1, maxKeys: 3 }),
  ),
})).node;

/** As the readers make them: a root is not in its own set, and `.` has nothing below it. */
const anySet = fc
  .dictionary(fc.constantFrom("f:a", "f:b", "f:c"), anyFields)
  .map((fields): FieldSet => (Object.keys(fields).length === 0 ? undefined : settled(fields)));

function settled(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([step, inner]) => [step, step === "." ? {} : settled(inner)]),
  );
}

const paths = (fields: FieldSet) => new Set(fieldPaths(fields));

test("managed fields - sets of fields are united, subtracted and intersected as their paths are", () => {
  fc.assert(
    fc.property(anySet, anySet, (left, right) => {
      const [a, b] = [paths(left), paths(right)];
      deepEqual(paths(unite(left, right)), new Set([...a, ...b]));
      deepEqual(paths(subtract(left, right)), new Set([...a].filter((path) => !b.has(path))));
      deepEqual(paths(intersect(left, right)), new Set([...a].filter((path) => b.has(path))));
      const isBelow = (path: string) =>
        [...b].some(
          (gone) => path === gone || (/^[.[]/.test(path.slice(gone.length)) && path.startsWith(gone)),
        );
      deepEqual(paths(subtractBranches(left, right)), new Set([...a].filter((path) => !isBelow(path))));
    }),
  );
});

test("managed fields - paths are shown as Kubernetes shows them, those of a node first", () => {
  const fields = {
    "f:spec": { "f:b": {}, "f:a": { ".": {}, "f:x": {} } },
    "f:metadata": {
      "f:finalizers": { 'v:"a/b"': {} },
      "f:ownerReferences": { 'k:{"uid":"u1"}': {} },
    },
  };
  deepEqual(fieldPaths(fields), [
    '.metadata.finalizers[="a/b"]',
    '.metadata.ownerReferences[uid="u1"]',
    ".spec.a",
    ".spec.b",
    ".spec.a.x",
  ]);
});

const entry = (
  manager: string,
  fieldsV1: Fields,
  more: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry => ({
  manager,
  operation: "Update",
  apiVersion: "g/v1",
  time: "2026-01-01T00:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...more,
});

const writer = {
  manager: "w",
  apiVersion: "g/v1",
  subresource: undefined,
  time: "2026-02-02T00:00:00Z",
} as const;

test("managed fields - a writer gains what it changes, others lose that and what is gone", () => {
  const entries = [
    entry("applier", { "f:spec": { "f:a": {}, "f:c": {} } }, { operation: "Apply" }),
    entry("other", { "f:spec": { "f:a": {} } }),
    entry("w", { "f:spec": { "f:b": {}, "f:gone": { ".": {}, "f:x": {} } } }),
  ];
  const changes = {
    changed: { "f:spec": { "f:a": {} } },
    removed: { "f:spec": { "f:gone": { ".": {} } } },
  };
  deepEqual(recordUpdate(entries, changes, writer), [
    entry("applier", { "f:spec": { "f:c": {} } }, { operation: "Apply" }),
    entry("w", { "f:spec": { "f:b": {}, "f:a": {} } }, { time: writer.time }),
  ]);
});

test("managed fields - a writer that only removes keeps its time, and nobody gains without a writer", () => {
  const entries = [entry("w", { "f:spec": { "f:a": {}, "f:b": {} } })];
  const removed = { changed: undefined, removed: { "f:spec": { "f:b": {} } } };
  deepEqual(recordUpdate(entries, removed, writer), [entry("w", { "f:spec": { "f:a": {} } })]);
  const changed = { changed: { "f:spec": { "f:a": {} } }, removed: undefined };
  deepEqual(recordUpdate(entries, changed, undefined), [entry("w", { "f:spec": { "f:b": {} } })]);
});

test("managed fields - of more than ten updates the oldest become one", () => {
  let entries: readonly ManagedFieldsEntry[] = [entry("applied", { "f:z": {} }, { operation: "Apply" })];
  for (let index = 0; index < 12; index++) {
    const time = `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`;
    const changes = { changed: { "f:spec": { [`f:${index}`]: {} } }, removed: undefined };
    entries = recordUpdate(entries, changes, { ...writer, manager: `m${index}`, time });
  }
  equal(entries.length, 11);
  equal(entries[0]?.manager, "applied");
  deepEqual(entries[1], {
    ...entry("ancient-changes", { "f:spec": { "f:0": {}, "f:1": {}, "f:2": {} } }),
    time: "2026-01-01T00:00:02Z",
  });
});

test("managed fields - entries of a body are read whole, or the stored ones are kept", () => {
  const good = entry("m", { "f:spec": { "f:a": {} } });
  deepEqual(readManagedFields([{ ...good, time: "2026-01-01T00:00:00.000Z" }]), [good]);
  deepEqual(readManagedFields([{}]), []);
  for (const kept of [undefined, null, [], {}, "x"]) equal(readManagedFields(kept), undefined);
  const bad = [
    { ...good, operation: "Other" },
    { ...good, fieldsType: "FieldsV2" },
    { ...good, fieldsV1: undefined },
    { ...good, fieldsV1: { spec: {} } },
    { ...good, fieldsV1: { "f:a": 1 } },
    { ...good, fieldsV1: { "v:{": {} } },
    { ...good, fieldsV1: { "k:[]": {} } },
    { ...good, fieldsV1: { "f:a": { ".": { "f:b": {} } } } },
    { ...good, time: "yesterday" },
    { ...good, manager: 7 },
    { ...good, apiVersion: undefined },
    7,
  ];
  for (const each of bad) equal(readManagedFields([good, each]), undefined, JSON.stringify(each));
});

test("managed fields - entries stand in the order of operation, time and manager", () => {
  const entries = [
    entry("b", {}),
    entry("a", {}),
    entry("later", {}, { time: "2026-03-01T00:00:00Z" }),
    entry("z", {}, { operation: "Apply", time: "2026-09-01T00:00:00Z" }),
  ];
  deepEqual(
    inOrder(entries).map(({ manager }) => manager),
    ["z", "a", "b", "later"],
  );
});
