import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { FreshContents } from "../../../src/documents/fresh-contents.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const MEBIBYTE = 1024 ** 2;

test("fresh contents - each is given once", () => {
  const fresh = new FreshContents(new FakeClock());
  fresh.add("a", Buffer.from("a"));
  fresh.add("a", Buffer.from("a"));
  deepEqual(fresh.take("a"), Buffer.from("a"));
  equal(fresh.take("a"), undefined);
});

test("fresh contents - beyond 32 MiB those that came first are still at hand", () => {
  const fresh = new FreshContents(new FakeClock());
  const content = Buffer.alloc(12 * MEBIBYTE);
  for (const hash of ["a", "b", "a", "c"]) fresh.add(hash, content);
  deepEqual(
    ["a", "b", "c"].map((hash) => fresh.take(hash)?.length),
    [content.length, content.length, undefined],
  );
  fresh.add("c", content);
  equal(fresh.take("c")?.length, content.length);
  fresh.add("d", Buffer.alloc(33 * MEBIBYTE));
  equal(fresh.take("d"), undefined);
});

test("fresh contents - what nobody takes within a minute makes room", async () => {
  const clock = new FakeClock();
  const fresh = new FreshContents(clock);
  const content = Buffer.alloc(16 * MEBIBYTE);
  fresh.add("a", content);
  await clock.advance(59_999);
  fresh.add("b", content);
  fresh.add("c", content);
  await clock.advance(1);
  fresh.add("d", content);
  deepEqual(
    ["a", "b", "c", "d"].map((hash) => fresh.take(hash)?.length),
    [undefined, content.length, undefined, content.length],
  );
});
