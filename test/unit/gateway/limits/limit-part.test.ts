import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { CircuitBreaker } from "../../../../src/gateway/limits/circuit-breaker.ts";
import { partOfCount, partOfRate } from "../../../../src/gateway/limits/limit-part.ts";
import { RateLimit } from "../../../../src/gateway/limits/rate-limit.ts";

function parts(of: number) {
  return Array.from({ length: of }, (_, index) => ({ number: index + 1, of }));
}

test("limit part - the parts of a count are the whole, and each at least one", () => {
  for (const count of [2, 3, 7, 64, 1001]) {
    const counts = parts(2).map((part) => partOfCount(count, part));
    equal(
      counts.reduce((sum, each) => sum + each, 0),
      count,
    );
  }
  deepEqual(
    parts(4).map((part) => partOfCount(6, part)),
    [2, 2, 1, 1],
  );
  deepEqual(
    parts(4).map((part) => partOfCount(2, part)),
    [1, 1, 1, 1],
  );
});

test("limit part - all parts of a rate together let through what the rate does, in any long time", () => {
  for (const count of [1, 3, 100]) {
    const limits = parts(2).map((part) => new RateLimit(partOfRate({ count, time: 1000 }, part)));
    let passed = 0;
    for (let now = 0; now < 100_000; now++) for (const limit of limits) if (limit.take(now) === 0) passed++;
    const exact = 100 * count;
    equal(Math.abs(passed - exact) <= count + 2, true, `${passed} of ${exact}`);
  }
});

test("circuit breaker - follows what another process has found out, and tells what it finds itself", () => {
  const told: number[] = [];
  const breaker = new CircuitBreaker({ count: 2, time: 1000 }, (wait) => told.push(wait));
  const round = breaker.begin();
  breaker.follow(1000, 0);
  equal(breaker.wait(400), 600);
  breaker.failed(round, 400);
  equal(breaker.wait(400), 600, "a call of before says nothing");
  breaker.follow(0, 500);
  equal(breaker.wait(500), 0);
  deepEqual(told, []);
  for (const now of [600, 700]) breaker.failed(breaker.begin(), now);
  equal(breaker.wait(700), 1000);
  breaker.succeeded(breaker.begin());
  deepEqual(told, [1000, 0]);
});
