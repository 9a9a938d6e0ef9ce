import assert from "node:assert/strict";
import { test } from "node:test";
import { eventLines } from "../../../src/cli/describe/event-lines.ts";
import type { Describing } from "../../../src/cli/describe/describe-object.ts";

const NOW = Date.parse("2026-01-01T01:00:00Z");

/** A server that has these Events. */
function serverWith(items: readonly object[]): Describing {
  const server = {
    discovery: { typeOf: () => Promise.resolve({ kind: "Event" }) },
    client: { request: () => Promise.resolve({ body: { items } }) },
  };
  return { server, now: NOW } as unknown as Describing;
}

test("described events - are in the order in which they were seen, with how often and since when", async () => {
  const [lines] = await eventLines(
    {},
    serverWith([
      {
        type: "Warning",
        reason: "Late",
        message: "m1",
        firstTimestamp: "2026-01-01T00:49:00Z",
        lastTimestamp: "2026-01-01T00:58:42Z",
        count: 3,
      },
      { type: "Normal", reason: "Once", message: "m2", lastTimestamp: "2026-01-01T00:30:00Z", count: 1 },
      {
        type: "Warning",
        reason: "Series",
        message: "m3",
        eventTime: "2026-01-01T00:10:00.000000Z",
        series: { count: 7, lastObservedTime: "2026-01-01T00:40:00.000000Z" },
      },
      { type: "Normal", reason: "Never", message: "m4", lastTimestamp: null },
    ]),
  );
  assert.deepEqual(lines, {
    label: "Events",
    inner: [
      { label: "Normal Never", value: "m4" },
      { label: "Normal Once", value: "30m m2" },
      { label: "Warning Series", value: "20m (x7 over 50m) m3" },
      { label: "Warning Late", value: "78s (x3 over 11m) m1" },
    ],
  });
});

test("described events - an object without any says so", async () => {
  assert.deepEqual(await eventLines({}, serverWith([])), [{ label: "Events", value: "<none>" }]);
});
