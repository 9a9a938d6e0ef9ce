import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { retryAfterOf } from "../../../src/gateway/retry-after.ts";
import { mayRetry, retryDelay } from "../../../src/gateway/retry-delay.ts";

const FAILED = { method: "GET", retries: 0, reason: "503", retryAfter: undefined, left: 10_000 };
const always = { retryAttempts: 2 };

test("retry - nothing is made again unless the API says so", () => {
  assert.equal(
    retryDelay(FAILED, {}, () => 0),
    undefined,
  );
  assert.equal(
    retryDelay(FAILED, { retryAttempts: 0 }, () => 0),
    undefined,
  );
  assert.equal(mayRetry("GET", { retryOn: ["503"] }), false);
});

test("retry - so often, and each time after a longer pause", () => {
  const delays = [0, 1, 2].map((retries) => retryDelay({ ...FAILED, retries }, always, () => 1));
  assert.deepEqual(delays, [100, 200, undefined]);
  assert.equal(
    retryDelay(FAILED, always, () => 0),
    50,
  );
});

test("retry - only methods that change nothing, unless the API names others", () => {
  assert.deepEqual(
    ["GET", "HEAD", "OPTIONS", "POST", "PUT"].map((method) => mayRetry(method, always)),
    [true, true, true, false, false],
  );
  assert.equal(mayRetry("PUT", { ...always, retryMethods: ["PUT"] }), true);
  assert.equal(mayRetry("GET", { ...always, retryMethods: ["PUT"] }), false);
});

test("retry - after what the API says, 429 and 500 only where it names them", () => {
  const delayed = (reason: string) => retryDelay({ ...FAILED, reason }, always, () => 0) !== undefined;
  assert.deepEqual(["connect", "502", "503", "504"].map(delayed), [true, true, true, true]);
  assert.deepEqual(["429", "500", "404", "timeout"].map(delayed), [false, false, false, false]);
  assert.equal(
    retryDelay({ ...FAILED, reason: "429" }, { ...always, retryOn: ["429"] }, () => 0),
    50,
  );
});

test("retry - the target's own wish is kept, unless the call has no time for it", () => {
  assert.equal(
    retryDelay({ ...FAILED, retryAfter: 3000 }, always, () => 0),
    3000,
  );
  assert.equal(
    retryDelay({ ...FAILED, retryAfter: 0 }, always, () => 0),
    0,
  );
  assert.equal(
    retryDelay({ ...FAILED, retryAfter: 10_000 }, always, () => 0),
    undefined,
  );
  assert.equal(
    retryDelay({ ...FAILED, left: 10 }, always, () => 0),
    undefined,
  );
});

test("retry after - seconds and dates, and nothing else", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  const read = (value: string) => retryAfterOf(["Retry-After", value], now);
  assert.equal(read("3"), 3000);
  assert.equal(read(" 0 "), 0);
  assert.equal(read("Sun, 22 Nov 2026 10:00:05 GMT"), 5000);
  assert.equal(read("Sun, 22 Nov 2026 09:00:00 GMT"), 0);
  for (const none of ["", "soon", "-1", "1.5", "9999999999999", "2026-11-22"])
    assert.equal(read(none), undefined, none);
  assert.equal(retryAfterOf([], now), undefined);
});

test("retry after - whatever a target sends, it is a time that is not negative, or none", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const found = retryAfterOf(["retry-after", value], 0);
      assert.ok(found === undefined || (found >= 0 && Number.isFinite(found)));
    }),
  );
});
