import assert from "node:assert/strict";
import { test } from "node:test";
import { coreMicroseconds } from "../../../bench/processes/core-time.ts";

const STAT = [
  "cpu  300 30 3000 9 9 9 9 30 0 0",
  "cpu0 100 10 1000 7 7 7 7 5 50 0",
  "cpu1 200 20 2000 2 2 2 2 25 0 0",
  "cpu10 1 1 1 1 1 1 1 1 0 0",
  "intr 1",
].join("\n");

test("core time - what processes and other guests had of one core, without waiting and interrupts", () => {
  assert.equal(coreMicroseconds(0, STAT), (100 + 10 + 1000 + 5) * 10_000);
  assert.equal(coreMicroseconds(1, STAT), (200 + 20 + 2000 + 25) * 10_000);
  assert.throws(() => coreMicroseconds(2, STAT), /core 2/);
});

test("core time - the kernel's own figures can be read", () => {
  assert.ok(coreMicroseconds(0) > 0);
});
