import assert from "node:assert/strict";
import { test } from "node:test";
import { EncodedChanges } from "../../../src/admin/watch/encoded-changes.ts";
import type { ChangeText } from "../../../src/stores/store.ts";

test("encoded changes - of one list they are made once in each form, and of another one anew", () => {
  const encoded = new EncodedChanges();
  const made: string[] = [];
  const of = (changes: readonly ChangeText[], form: string) =>
    encoded.of(changes, form, () => {
      made.push(form);
      return `${form}\n`;
    });
  const list: ChangeText[] = [];
  const first = of(list, "table");
  assert.equal(String(first), "table\n");
  assert.equal(of(list, "table"), first);
  assert.equal(String(of(list, "object")), "object\n");
  of([], "table");
  assert.deepEqual(made, ["table", "object", "table"]);
});
