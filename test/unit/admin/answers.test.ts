import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { listChunks } from "../../../src/admin/answer/list-chunks.ts";
import { warningHeaders } from "../../../src/admin/answer/warning-header.ts";
import { isSurprise, statusOf } from "../../../src/admin/status/status-of.ts";
import { namespaceKind } from "../../../src/core/resources/namespace.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { storeFailures, type StoreFailureCode } from "../../../src/stores/failures.ts";
import { StoreFailure } from "../../../src/stores/store-failure.ts";

test("warnings - are quoted, said once and kept short together", () => {
  assert.deepEqual(warningHeaders(['unknown field "a"', "b", "b"]), [
    String.raw`299 - "unknown field \"a\""`,
    '299 - "b"',
  ]);
  const many = warningHeaders(Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(1000)}`));
  assert(many.length > 10);
  assert(many.join("").length < 5000);
  assert.deepEqual(warningHeaders([]), []);
});

test("warnings - any text makes a header value that Node takes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
      for (const header of warningHeaders(texts)) assert.match(header, /^299 - "[\x20-\x7e]*"$/);
    }),
  );
});

test("list - the chunks together are the JSON of the list, whatever is in it", () => {
  const list = {
    head: { kind: "List", metadata: {} },
    property: "items" as const,
    item: (value: Resource) => value,
  };
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (items) => {
      const text = [...listChunks(list, items as unknown as Resource[])].join("");
      assert.equal(text, `${JSON.stringify({ ...list.head, items })}\n`);
    }),
  );
  const large = Array.from({ length: 1000 }, () => "x".repeat(1000));
  assert([...listChunks(list, large as unknown as Resource[])].length > 10);
});

test("status - every failure of a store has a reason and its own code", () => {
  for (const code of Object.keys(storeFailures) as StoreFailureCode[]) {
    const failure = new StoreFailure(code, ["v"], { resource: namespaceKind, ref: { name: "n" } });
    const status = statusOf(failure);
    assert.equal(status.code, failure.status, code);
    assert(status.reason, code);
    assert.equal(isSurprise(failure), failure.status >= 500, code);
  }
});

test("status - an unknown error says nothing of itself", () => {
  const status = statusOf(new Error("password=hunter2"));
  assert.deepEqual([status.code, status.reason], [500, "InternalError"]);
  assert(!JSON.stringify(status).includes("hunter2"));
  assert(isSurprise(new Error("x")));
});
