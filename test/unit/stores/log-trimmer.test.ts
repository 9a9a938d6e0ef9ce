import { test } from "node:test";
import { equal } from "node:assert/strict";
import type { ChangeLog } from "../../../src/stores/sqlite/change-log.ts";
import { LogTrimmer } from "../../../src/stores/sqlite/log-trimmer.ts";

const MINUTE = 60_000;

test("log trimmer - keeps ten minutes, however many changes that is", () => {
  const log = { version: 50_000 };
  const trimmer = new LogTrimmer(log as ChangeLog);
  equal(trimmer.limit(0), 0);
  log.version = 900_000;
  equal(trimmer.limit(9 * MINUTE), 0);
  equal(trimmer.limit(10 * MINUTE), 50_000);
  equal(trimmer.limit(18 * MINUTE), 50_000);
  equal(trimmer.limit(19 * MINUTE), 890_000);
});

test("log trimmer - keeps ten thousand changes, however old they are", () => {
  const log = { version: 9_000 };
  const trimmer = new LogTrimmer(log as ChangeLog);
  trimmer.limit(0);
  equal(trimmer.limit(60 * MINUTE), 0);
  log.version = 10_500;
  trimmer.limit(61 * MINUTE);
  equal(trimmer.limit(120 * MINUTE), 500);
});
