import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { RestartPause } from "../../../../src/main/workers/restart-pause.ts";

test("restart pause - the first replacement comes at once, then ever later, until one has lived", () => {
  const pause = new RestartPause();
  const pauses = Array.from({ length: 10 }, () => pause.next(1000));
  deepEqual(pauses, [0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  equal(pause.next(60_000), 0);
  equal(pause.next(1000), 250);
});
