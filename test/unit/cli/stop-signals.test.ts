import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { stopSignals } from "../../../src/cli/stop-signals.ts";

function scene() {
  const source = new EventEmitter();
  const clock = { now: 0 };
  const stoppedAt: number[] = [];
  const stop = stopSignals(
    source,
    () => clock.now,
    () => stoppedAt.push(clock.now),
  );
  return { source, clock, stoppedAt, stop };
}

test("stop signals - the first asks to stop in order, its echo changes nothing", () => {
  const { source, clock, stop, stoppedAt } = scene();
  assert.equal(stop.signal.aborted, false);
  source.emit("SIGINT");
  assert.equal(stop.signal.aborted, true);
  clock.now = 900;
  source.emit("SIGTERM");
  assert.deepEqual(stoppedAt, []);
});

test("stop signals - who asks again later wants to stop at once", () => {
  const { source, clock, stoppedAt } = scene();
  source.emit("SIGTERM");
  clock.now = 1001;
  source.emit("SIGINT");
  assert.deepEqual(stoppedAt, [1001]);
});

test("stop signals - disposed of, they leave the process as it was", () => {
  const { source, stop } = scene();
  stop[Symbol.dispose]();
  assert.deepEqual(source.eventNames(), []);
});
