import assert from "node:assert/strict";
import { test } from "node:test";
import { getHeapSpaceStatistics } from "node:v8";
import { giveBackMemory } from "../../../src/main/give-back-memory.ts";
import { eventually } from "../../doubles/eventually.ts";

function youngGeneration(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.physical_space_size ?? 0;
}

test("memory - what the young generation grew to at the start is given back once nothing happens", async () => {
  // What survives makes it grow, as modules do that are loaded.
  const kept: object[] = [];
  while (youngGeneration() < 8 * 1024 * 1024) {
    for (let index = 0; index < 1000; index++) kept.push({ text: `kept ${index}` });
  }
  giveBackMemory();
  const isSmall = () => assert.ok(youngGeneration() < 4 * 1024 * 1024, String(youngGeneration()));
  // Looking often would be something that happens.
  await eventually(isSmall, { timeout: 60_000, interval: 500 });
  assert.ok(kept.length > 0);
  assert.equal(typeof globalThis.gc, "undefined");
});
