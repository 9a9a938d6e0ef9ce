import { test } from "node:test";
import { equal } from "node:assert/strict";
import { ageText } from "../../../src/core/resources/columns.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("age text - takes the units that kubectl takes", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [999, "0s"],
    [119 * SECOND, "119s"],
    [120 * SECOND, "2m"],
    [3 * MINUTE + 5 * SECOND, "3m5s"],
    [10 * MINUTE + 5 * SECOND, "10m"],
    [3 * HOUR - 1, "179m"],
    [4 * HOUR + 10 * MINUTE, "4h10m"],
    [8 * HOUR + 10 * MINUTE, "8h"],
    [47 * HOUR, "47h"],
    [3 * DAY + 4 * HOUR, "3d4h"],
    [8 * DAY + HOUR, "8d"],
    [729 * DAY, "729d"],
    [3 * 365 * DAY + 40 * DAY, "3y40d"],
    [9 * 365 * DAY, "9y"],
  ];
  for (const [age, text] of cases) equal(ageText(age), text);
});

test("age text - a clock that is a little ahead shows no age, one far ahead is invalid", () => {
  equal(ageText(-1000), "0s");
  equal(ageText(-1001), "<invalid>");
});
