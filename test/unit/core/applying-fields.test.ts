import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyFields, type FieldApply } from "../../../src/core/resources/managed-fields/apply-fields.ts";
import { conflictTexts } from "../../../src/core/resources/managed-fields/conflict-texts.ts";
import type { ManagedFields, ManagedFieldsEntry } from "../../../src/core/resources/managed-fields/entry.ts";
import { fieldPaths, intersect, type Fields } from "../../../src/core/resources/managed-fields/fields.ts";
import { fieldsOf } from "../../../src/core/resources/managed-fields/fields-of.ts";
import { compareFields } from "../../../src/core/resources/managed-fields/compare-fields.ts";
import {
  allowedByLastApplied,
  LAST_APPLIED,
} from "../../../src/core/resources/managed-fields/last-applied.ts";
import { overlay } from "../../../src/core/resources/managed-fields/overlay.ts";
import { recordUpdate } from "../../../src/core/resources/managed-fields/record-update.ts";

const writer = (manager: string) =>
  ({ manager, apiVersion: "g/v1", subresource: undefined, time: "2026-02-02T00:00:00Z" }) as const;

const entry = (manager: string, fieldsV1: Fields, operation: "Apply" | "Update"): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: "g/v1",
  time: "2026-01-01T00:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1,
});

function applied(apply: Partial<FieldApply> & Pick<FieldApply, "stored" | "body">, manager = "m") {
  const result = applyFields({
    entries: [],
    force: false,
    allowed: undefined,
    writer: writer(manager),
    ...apply,
  });
  if (result.kind === "conflicts") return conflictTexts(result.conflicts).message;
  return { value: result.value, entries: result.entriesOf(false) };
}

const shown = (entries: ManagedFields) =>
  entries.map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, ...fieldPaths(fieldsV1)]);

test("apply - the body is laid over the object, and lists are replaced", () => {
  const stored = { spec: { a: 1, map: { x: "1", y: "2" }, list: [1, 2] } };
  const body = { spec: { map: { y: "3", z: "4" }, list: [9], empty: {} } };
  deepEqual(overlay(stored, body), {
    spec: { a: 1, map: { x: "1", y: "3", z: "4" }, list: [9], empty: {} },
  });
  deepEqual(overlay({ spec: { a: { b: 1 } } }, { spec: { a: null } }), { spec: { a: { b: 1 } } });
  deepEqual(overlay({ spec: { a: 1 } }, { spec: { a: null } }), { spec: { a: null } });
  // An empty object has no members that could stay.
  deepEqual(overlay({ spec: { a: {} } }, { spec: { a: null } }), { spec: { a: null } });
  const proto = JSON.parse('{"spec":{"__proto__":{"x":1}}}') as object;
  equal(JSON.stringify(overlay({ spec: { a: 1 } }, proto)), '{"spec":{"a":1,"__proto__":{"x":1}}}');
});

test("apply - null names a set or a keyed list, of which all items stay", () => {
  for (const items of [{ finalizers: ["a/b"] }, { ownerReferences: [{ uid: "u" }] }]) {
    const [key = ""] = Object.keys(items);
    deepEqual(overlay({ metadata: items }, { metadata: { [key]: null } }), { metadata: items });
  }
});

test("apply - finalizers and owners are merged in the body's order", () => {
  const merged = (stored: string, body: string) => {
    const value = (text: string) => ({ metadata: { finalizers: text.split("") } });
    return (overlay(value(stored), value(body)) as ReturnType<typeof value>).metadata.finalizers.join("");
  };
  equal(merged("ab", "c"), "abc");
  equal(merged("ab", "ba"), "ba");
  equal(merged("xsyt", "rst"), "xrsyt");
  equal(merged("abc", "cb"), "acb");
  equal(merged("ab", "ab"), "ab");
  const owner = (uid: string, name: string) => ({ uid, name });
  deepEqual(
    overlay(
      { metadata: { ownerReferences: [owner("1", "old"), owner("2", "kept")] } },
      { metadata: { ownerReferences: [owner("1", "new")] } },
    ),
    { metadata: { ownerReferences: [owner("1", "new"), owner("2", "kept")] } },
  );
});

test("apply - what a manager names no more goes, unless somebody else holds it", () => {
  const stored = { metadata: { finalizers: ["a/b", "c/d"] }, spec: { a: 1, b: 2, map: { x: "1", y: "2" } } };
  const former: Fields = {
    "f:metadata": { "f:finalizers": { 'v:"a/b"': {}, 'v:"c/d"': {} } },
    "f:spec": { "f:a": {}, "f:b": {}, "f:map": { "f:x": {} } },
  };
  const other: Fields = { "f:spec": { "f:b": {} } };
  const entries = [entry("m", former, "Apply"), entry("o", other, "Update")];
  const body = { metadata: { finalizers: ["c/d"] }, spec: { c: 3 } };
  deepEqual(applied({ stored, body, entries }), {
    // In `map` nothing is held by anyone any more.
    value: { metadata: { finalizers: ["c/d"] }, spec: { b: 2, c: 3 } },
    entries: [
      {
        ...entry(
          "m",
          { "f:metadata": { "f:finalizers": { 'v:"c/d"': {} } }, "f:spec": { "f:c": {} } },
          "Apply",
        ),
        time: writer("m").time,
      },
      entry("o", other, "Update"),
    ],
  });
});

test("apply - a changed field that another holds is a conflict, an equal one is held by both", () => {
  const stored = { spec: { a: 1, b: 2 } };
  const entries = [entry("o", { "f:spec": { "f:a": {}, "f:b": {} } }, "Update")];
  equal(
    applied({ stored, entries, body: { spec: { a: 5 } } }),
    'Apply failed with 1 conflict: conflict with "o" using g/v1: .spec.a',
  );
  const shared = applied({ stored, entries, body: { spec: { a: 1 } } });
  deepEqual(typeof shared === "object" && shown(shared.entries), [
    ["m Apply", ".spec.a"],
    ["o Update", ".spec.a", ".spec.b"],
  ]);
  const forced = applied({ stored, entries, body: { spec: { a: 5 } }, force: true });
  deepEqual(typeof forced === "object" && shown(forced.entries), [
    ["m Apply", ".spec.a"],
    ["o Update", ".spec.b"],
  ]);
});

test("apply - several managers are named in their order, with what each holds", () => {
  const stored = { metadata: { labels: { l: "1" } }, spec: { a: 1, b: 2 }, status: { s: 1 } };
  const entries = [
    entry("robot", { "f:spec": { "f:a": {}, "f:b": {} } }, "Apply"),
    entry("edit", { "f:spec": { "f:a": {} } }, "Update"),
    { ...entry("ctl", { "f:status": { "f:s": {} } }, "Update"), subresource: "status" },
  ];
  const body = { spec: { a: 3, b: 4 }, status: { s: 5 } };
  equal(
    applied({ stored, body, entries }),
    [
      'Apply failed with 4 conflicts: conflicts with "ctl" with subresource "status" using g/v1:',
      "- .status.s",
      'conflicts with "edit" using g/v1:',
      "- .spec.a",
      'conflicts with "robot":',
      "- .spec.a",
      "- .spec.b",
    ].join("\n"),
  );
});

test("apply - an object without entries belongs to before-first-apply", () => {
  const stored = { metadata: { labels: { l: "1" } }, spec: { a: 1 } };
  const result = applied({ stored, body: { spec: { a: 1 } } });
  deepEqual(typeof result === "object" && shown(result.entries), [
    ["m Apply", ".spec.a"],
    ["before-first-apply Update", ".spec", ".metadata.labels", ".metadata.labels.l", ".spec.a"],
  ]);
  equal(
    applied({ stored, body: { spec: { a: 2 } } }),
    'Apply failed with 1 conflict: conflict with "before-first-apply" using g/v1: .spec.a',
  );
});

test("apply - what a status without entries has belongs to before-first-apply, as the status", () => {
  const status = { status: { ready: false } };
  const result = applyFields({
    stored: status,
    body: status,
    entries: [],
    force: false,
    allowed: undefined,
    writer: { ...writer("m"), subresource: "status" },
  });
  const entries = result.kind === "applied" ? result.entriesOf(false) : [];
  deepEqual(
    entries.map(({ manager, subresource }) => [manager, subresource]),
    [
      ["m", "status"],
      ["before-first-apply", "status"],
    ],
  );
});

/** An apply of `m`, and when its entry then says that it was. */
function timeAfter(stored: object, body: object, entries: ManagedFields, isSame: boolean) {
  const result = applyFields({
    stored,
    body,
    entries,
    force: false,
    allowed: undefined,
    writer: writer("m"),
  });
  if (result.kind !== "applied") throw new Error("there is no conflict");
  const own = result.entriesOf(isSame).find(({ manager }) => manager === "m");
  return own && "time" in own ? own.time : "none";
}

test("apply - the time of the entry is renewed only where the object changed", () => {
  const [before, now] = ["2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z"];
  const entries = [entry("m", { "f:spec": { "f:a": {} } }, "Apply")];
  const stored = { spec: { a: 1, b: 2 } };
  equal(timeAfter(stored, stored, entries, true), before, "more fields, the same values");
  equal(timeAfter(stored, { spec: { a: 2 } }, entries, false), now);
  equal(
    timeAfter({ spec: {} }, { spec: { a: 1 } }, entries, true),
    before,
    "brought back, and nothing to write",
  );
});

test("apply - who comes to hold what is there already has changed nothing, so that his entry has no time", () => {
  const other = [entry("other", { "f:spec": { "f:a": {} } }, "Apply")];
  const stored = { spec: { a: 1 } };
  equal(timeAfter(stored, stored, other, true), "none");
  const { time: _none, ...untimed } = entry("m", { "f:spec": { "f:a": {} } }, "Apply");
  equal(timeAfter(stored, stored, [untimed], true), "none", "applied again, it would be written again");
  equal(timeAfter(stored, { spec: { b: 1 } }, other, false), "2026-02-02T00:00:00Z");
  equal(
    timeAfter({}, { data: {} }, [], true),
    "2026-02-02T00:00:00Z",
    "what the kind then leaves out is a change",
  );
});

test("apply - kubectl takes over what it applied itself before, as long as nobody changed it", () => {
  const last = { metadata: { labels: { l: "1" } }, spec: { a: 1, b: 2, gone: 3 } };
  const annotations = { [LAST_APPLIED]: JSON.stringify(last) };
  const stored = { metadata: { labels: { l: "1" }, annotations }, spec: { a: 1, b: 9 } };
  deepEqual(fieldPaths(allowedByLastApplied(stored, "kubectl")), [".metadata.labels.l", ".spec.a"]);
  equal(allowedByLastApplied(stored, "robot"), undefined);
  const broken = { metadata: { annotations: { [LAST_APPLIED]: "{" } } };
  equal(allowedByLastApplied(broken, "kubectl"), undefined);
});

/** A small object model in which a few managers meet often. */
const anySpec = fc.record(
  {
    a: fc.constantFrom(1, 2),
    b: fc.constantFrom("x", "y"),
    list: fc.constantFrom([], [1], [1, 2]),
    map: fc.dictionary(fc.constantFrom("k", "l", "m"), fc.constantFrom("1", "2"), { maxKeys: 3 }),
  },
  { requiredKeys: [] },
);
const anyObject = fc.record(
  {
    metadata: fc.record(
      {
        labels: fc.dictionary(fc.constantFrom("k", "l"), fc.constantFrom("1", "2")),
        // An empty list of them is not kept.
        finalizers: fc.uniqueArray(fc.constantFrom("a/b", "c/d", "e/f"), { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
    spec: anySpec,
  },
  { requiredKeys: [] },
);
const anyStep = fc.record({
  manager: fc.constantFrom("m", "n", "o"),
  how: fc.constantFrom("apply", "force", "update"),
  object: anyObject,
});

test("apply - after any sequence of applies and updates nobody holds what is not there, and what was applied is there", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 2, maxLength: 12 }), (steps) => {
      let object: object = {};
      let entries: ManagedFields = [];
      for (const { manager, how, object: sent } of steps) {
        if (how === "update" || Object.keys(object).length === 0) {
          entries = recordUpdate(entries, compareFields(object, sent), writer(manager));
          object = sent;
          continue;
        }
        const apply = { stored: object, body: sent, entries, allowed: undefined, writer: writer(manager) };
        const result = applyFields({ ...apply, force: how === "force" });
        if (result.kind === "conflicts") continue;
        const before = object;
        object = result.value;
        entries = result.entriesOf(false);
        // What was sent is there, and again it changes nothing.
        deepEqual(compareFields(object, overlay(object, sent)), { changed: undefined, removed: undefined });
        const again = applyFields({ ...apply, stored: object, entries, force: false });
        equal(again.kind, "applied");
        if (again.kind === "applied") {
          deepEqual(again.value, object);
          deepEqual(again.entriesOf(true), entries);
        }
        // Without force nobody else's field has changed.
        if (how === "apply") {
          const { changed } = compareFields(before, object);
          const others = apply.entries.filter(
            (other) => other.manager !== manager || other.operation !== "Apply",
          );
          for (const other of others) equal(intersect(other.fieldsV1, changed), undefined);
        }
      }
      for (const { operation, fieldsV1 } of entries) {
        if (operation === "Update") deepEqual(intersect(fieldsV1, fieldsOf(object)), fieldsV1);
      }
    }),
    { numRuns: 1000 },
  );
});
