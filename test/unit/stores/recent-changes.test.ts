import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { LoggedChange } from "../../../src/stores/sqlite/change-log.ts";
import { RecentChanges } from "../../../src/stores/sqlite/recent-changes.ts";

function change(version: number, characters = 10): LoggedChange {
  const text = "x".repeat(characters);
  const body = { sealed: false, stored: text, read: () => text };
  const key = { group: "", kind: "ConfigMap", namespace: "default", name: `n${version}` };
  return { ...key, version, type: "added", labels: "{}", body, previous: undefined };
}

test("recent changes - what is there is what was added and not undone, from any version that is asked for", () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 1, arbitrary: fc.record({ undo: fc.nat(50) }) },
  );
  fc.assert(
    fc.property(fc.nat(1000), fc.array(step, { maxLength: 40 }), (start, steps) => {
      const recent = new RecentChanges(start);
      let all: LoggedChange[] = [];
      for (const taken of steps) {
        const last = all.at(-1)?.version ?? start;
        if ("add" in taken) {
          const added = Array.from({ length: taken.add }, (_, index) => change(last + 1 + index));
          for (const one of added) recent.add(one);
          all.push(...added);
        } else {
          const version = Math.max(start, last - taken.undo);
          recent.rewind(version);
          all = all.filter((one) => one.version <= version);
        }
        for (const version of [start, last - 300, last - 1, last]) {
          const found = recent.after(version);
          if (found)
            deepEqual(
              found,
              all.filter((one) => one.version > version),
            );
        }
        equal(recent.after(all.at(-1)?.version ?? start)?.length, 0);
      }
    }),
  );
});

test("recent changes - neither many nor large ones stay for ever", () => {
  const many = new RecentChanges(0);
  for (let version = 1; version <= 2000; version++) many.add(change(version));
  equal(many.after(0), undefined);
  ok((many.after(1900)?.length ?? 0) === 100);
  const large = new RecentChanges(0);
  for (let version = 1; version <= 20; version++) large.add(change(version, 300 * 1024));
  equal(large.after(10), undefined);
  equal(large.after(19)?.length, 1);
});
