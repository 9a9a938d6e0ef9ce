import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "../../../bench/progress.ts";

function scene(isTTY: boolean) {
  const written: string[] = [];
  let now = 5000;
  const output = { isTTY, write: (text: string) => written.push(text) };
  return {
    written,
    pass: (milliseconds: number) => (now += milliseconds),
    progress: new Progress(output, 754, () => now),
  };
}

test("progress - output that is kept gets one line for each step", () => {
  const { written, pass, progress } = scene(false);
  progress.step("basic, 64 connections");
  progress.detail("round 1 of 5, nginx");
  progress.clear();
  pass(61_000);
  progress.step("memory");
  assert.deepEqual(written, [
    "bench: 0:00 of about 12:34 · basic, 64 connections\n",
    "bench: 1:01 of about 12:34 · memory\n",
  ]);
});

test("progress - a terminal gets one line that changes and makes room for others", () => {
  const { written, pass, progress } = scene(true);
  progress.step("basic, 64 connections");
  pass(2000);
  progress.detail("round 1 of 5, nginx");
  progress.clear();
  const erase = "\r\u001b[K";
  assert.equal(
    written.join(""),
    [
      "",
      "0:00 of about 12:34 · basic, 64 connections",
      "0:02 of about 12:34 · basic, 64 connections: round 1 of 5, nginx",
      "",
    ].join(erase),
  );
});
