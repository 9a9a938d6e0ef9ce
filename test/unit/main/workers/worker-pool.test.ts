import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Failure } from "../../../../src/core/failures.ts";
import type { PartContext } from "../../../../src/main/workers/gateway-part.ts";
import type { WorkerStart } from "../../../../src/main/workers/messages.ts";
import { WorkerPool } from "../../../../src/main/workers/worker-pool.ts";
import type { Log } from "../../../../src/telemetry/log.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

/** What a worker that never lives needs. */
function setUp(context: TestContext) {
  const replaced: unknown[] = [];
  const unused = { leave() {}, left() {}, unstick() {} };
  const parts = { takeLines() {}, dealer: unused, live: unused, clock: new FakeClock(), environment: {} };
  const { execPath } = process;
  process.execPath = "/there/is/no/such/program";
  context.after(() => void (process.execPath = execPath));
  return {
    replaced,
    options: {
      count: 1,
      start: (number: number) => ({ telemetry: { number } }) as unknown as WorkerStart,
      context: parts as unknown as PartContext,
      log: {} as Log,
      clock: parts.clock,
      replaced: (...end: unknown[]) => void replaced.push(end),
    },
  };
}

test("worker pool - a program that cannot be started is told why, and is none that has ended", async (context) => {
  const { options, replaced } = setUp(context);
  const failure: unknown = await WorkerPool.start(options, new AbortController().signal).catch(
    (error: unknown) => error,
  );
  ok(failure instanceof Failure);
  equal(failure.code, "WORKERS_NOT_STARTED");
  match(failure.message, /: spawn \/there\/is\/no\/such\/program ENOENT$/);
  deepEqual(replaced, []);
});
