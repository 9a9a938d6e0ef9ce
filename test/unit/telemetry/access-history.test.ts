import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { accessLine } from "../../../src/telemetry/access-line.ts";
import { AccessHistory } from "../../../src/telemetry/live/access-history.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const NOON = Date.UTC(2026, 10, 22, 12);

/** A call that ended so many seconds after noon. */
function line(second: number): string {
  return accessLine(aFinishedCall({ requestId: String(second) }), NOON + second * 1000);
}

async function seconds(
  path: string,
  from: number,
  to: number,
  flush = async () => {},
): Promise<readonly number[]> {
  const history = new AccessHistory({ path, sink: { flush } });
  const found: number[] = [];
  for await (const lines of history.lines(NOON + from * 1000, NOON + to * 1000)) {
    for (const text of lines) found.push(Number((JSON.parse(text) as { requestId: string }).requestId));
  }
  return found;
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("access history - old files come before the newer ones, and only what is asked for comes", async () => {
  using directory = new TemporaryDirectory();
  const path = join(directory.path, "access.log");
  writeFileSync(`${path}.5`, line(1) + line(2));
  writeFileSync(`${path}.1`, line(3) + line(4));
  writeFileSync(path, line(5) + line(6) + line(7));
  assert.deepEqual(await seconds(path, 2, 6), [2, 3, 4, 5, 6]);
  assert.deepEqual(await seconds(path, 8, 9), []);
});

test("access history - of a large file nothing is missed, wherever one begins", async () => {
  using directory = new TemporaryDirectory();
  const path = join(directory.path, "access.log");
  const last = 4000;
  writeFileSync(path, range(1, last).map(line).join(""));
  for (const from of [1, 2, 199, 2000, 3999, last]) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    assert.deepEqual(await seconds(path, from, last), range(from, last));
  }
});

test("access history - other lines in the file, cut ones and endless ones are passed over", async () => {
  using directory = new TemporaryDirectory();
  const path = join(directory.path, "access.log");
  const audit = `{"time":"2026-11-22T12:00:01.000Z","log":"audit","event":"call"}\n`;
  writeFileSync(
    path,
    `${line(1)}${audit}not a line\n${"x".repeat(3_000_000)}\n${line(2)}${line(3).slice(0, 60)}`,
  );
  assert.deepEqual(await seconds(path, 0, 9), [1, 2]);
});

test("access history - lines that wait to be written are waited for; without a file there are none", async () => {
  using directory = new TemporaryDirectory();
  const path = join(directory.path, "access.log");
  assert.deepEqual(await seconds(path, 0, 9), []);
  const written = async () => appendFileSync(path, line(1));
  assert.deepEqual(await seconds(path, 0, 9, written), [1]);
});
