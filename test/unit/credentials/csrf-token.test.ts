import assert from "node:assert/strict";
import { test } from "node:test";
import { readCsrfToken } from "../../../src/credentials/csrf-token.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;
const COOKIE = ["Set-Cookie", "session=1; Expires=Thu, 01 Jan 2026 12:30:00 GMT"];

for (const [name, date, ahead] of [
  ["right", "Thu, 01 Jan 2026 12:00:00 GMT", 0],
  ["an hour ahead", "Thu, 01 Jan 2026 12:00:00 GMT", HOUR],
  ["a year behind", "Thu, 01 Jan 2026 12:00:00 GMT", -365 * 24 * HOUR],
] as const) {
  test(`csrf token - a cookie lives as long as its server means, with a clock that is ${name}`, () => {
    const { cookies, lifetime } = readCsrfToken(["Date", date, ...COOKIE], NOW + ahead);
    assert.deepEqual([cookies, lifetime], [["session=1"], HOUR / 2]);
  });
}

for (const headers of [[], ["Date", ""], ["Date", "soon"]]) {
  test(`csrf token - with ${headers.length === 0 ? "no Date" : `the Date "${headers[1]}"`} our own clock counts`, () => {
    const { cookies, lifetime } = readCsrfToken([...headers, ...COOKIE], NOW);
    assert.deepEqual([cookies, lifetime], [["session=1"], HOUR / 2]);
    assert.deepEqual(readCsrfToken([...headers, ...COOKIE], NOW + HOUR).cookies, []);
  });
}

test("csrf token - ten thousand cookies are read in one pass", () => {
  const headers = Array.from({ length: 10_000 }, (_, index) => [
    "Set-Cookie",
    `c${index}=1; Max-Age=60`,
  ]).flat();
  const { cookies, lifetime } = readCsrfToken(["X-Csrf-Token", "t", ...headers], NOW);
  assert.deepEqual([cookies.length, lifetime], [10_000, 60_000]);
});
