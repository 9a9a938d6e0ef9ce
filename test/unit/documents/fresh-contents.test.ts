import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { FreshContents } from "../../../src/documents/fresh-contents.ts";

test("fresh contents - each is given once", () => {
  const fresh = new FreshContents();
  fresh.add("a", Buffer.from("a"));
  fresh.add("a", Buffer.from("a"));
  deepEqual(fresh.take("a"), Buffer.from("a"));
  equal(fresh.take("a"), undefined);
});

test("fresh contents - beyond 8 MiB the oldest are let go", () => {
  const fresh = new FreshContents();
  const content = Buffer.alloc(3 * 1024 ** 2);
  for (const hash of ["a", "b", "a", "c"]) fresh.add(hash, content);
  deepEqual(
    ["a", "b", "c"].map((hash) => fresh.take(hash)?.length),
    [content.length, undefined, content.length],
  );
  fresh.add("d", Buffer.alloc(9 * 1024 ** 2));
  equal(fresh.take("d"), undefined);
});
