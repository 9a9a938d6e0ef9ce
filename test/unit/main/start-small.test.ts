import { equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { getHeapSpaceStatistics } from "node:v8";
import { startSmall } from "../../../src/main/start-small.ts";

const MEBIBYTE = 1024 * 1024;

function youngGeneration(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
}

/** As modules do that are loaded: all of it survives. */
function load(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ text: `kept ${index}` }));
}

test("start - the young generation does not grow by what is loaded, and grows afterwards", async () => {
  const before = youngGeneration();
  const loaded = await startSmall(async () => load(500_000));
  ok(youngGeneration() <= before + MEBIBYTE, `${youngGeneration()} bytes, ${before} before`);
  await rejects(
    startSmall(async () => {
      throw new Error("no port");
    }),
    /no port/,
  );
  const kept: object[][] = [];
  while (youngGeneration() < before + 4 * MEBIBYTE && kept.length < 100) kept.push(load(50_000));
  ok(youngGeneration() >= before + 4 * MEBIBYTE, `${youngGeneration()} bytes`);
  equal(loaded.length, 500_000);
});
