import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { LogPipes } from "../../../../src/main/workers/log-pipes.ts";
import { WorkerProcess } from "../../../../src/main/workers/worker-process.ts";

test("log pipes - whole lines are taken from each, until the ends that were given are closed", async () => {
  const taken: [log: string, lines: string][] = [];
  const logs = await LogPipes.open((log, lines) => taken.push([log, lines.toString()]));
  const [log, access, audit] = logs.given;
  access?.write("first\nsecond\nbegun");
  audit?.write("changed\n");
  log?.end();
  access?.end();
  audit?.end();
  await logs.read();
  deepEqual(taken.toSorted(), [
    ["access", "first\nsecond\n"],
    ["audit", "changed\n"],
  ]);
});

test("log pipes - are closed where a process cannot be started", async () => {
  const logs = await LogPipes.open(() => {});
  const environment = { BROKEN: "no variable holds a \0" };
  const unheard = { received() {}, ended() {} };
  throws(() => new WorkerProcess({ environment, logs, ...unheard }), { code: "ERR_INVALID_ARG_VALUE" });
  await logs.read();
  equal(
    logs.given.every(({ destroyed }) => destroyed),
    true,
  );
});
