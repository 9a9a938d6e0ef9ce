import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CircuitBreaker } from "../../../../src/gateway/limits/circuit-breaker.ts";

const LIMIT = { count: 3, time: 1000 };

/** Opened at 0. */
function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker(LIMIT, () => {});
  for (let call = 0; call < LIMIT.count; call++) breaker.failed(breaker.begin(), 0);
  return breaker;
}

test("circuit breaker - so many failures in a row open it, a success between them does not let it come to that", () => {
  const breaker = new CircuitBreaker(LIMIT, () => {});
  for (const succeeds of [false, false, true, false, false]) {
    assert.equal(breaker.wait(0), 0);
    const round = breaker.begin();
    if (succeeds) breaker.succeeded(round);
    else breaker.failed(round, 0);
  }
  assert.equal(breaker.wait(0), 0);
  breaker.failed(breaker.begin(), 10);
  assert.equal(breaker.wait(10), 1000);
  assert.equal(breaker.wait(1009), 1);
});

test("circuit breaker - after its time one call tries, and what it comes to decides", () => {
  const breaker = opened();
  assert.equal(breaker.wait(1000), 0);
  const probe = breaker.begin();
  assert.equal(breaker.wait(1000), 1000, "the others wait for the one that tries");
  breaker.failed(probe, 1500);
  assert.equal(breaker.wait(1500), 1000);
  const second = breaker.wait(2500) === 0 ? breaker.begin() : -1;
  breaker.succeeded(second);
  assert.equal(breaker.wait(2500), 0);
  breaker.begin();
  assert.equal(breaker.wait(2500), 0, "closed, it lets all through");
});

test("circuit breaker - a try that ends without a word lets another one try", () => {
  const breaker = opened();
  assert.equal(breaker.wait(1000), 0);
  breaker.ended(breaker.begin());
  assert.equal(breaker.wait(1000), 0);
});

test("circuit breaker - late news of calls from before it opened change nothing", () => {
  const breaker = new CircuitBreaker(LIMIT, () => {});
  const late = breaker.begin();
  for (let call = 0; call < LIMIT.count; call++) breaker.failed(breaker.begin(), 0);
  breaker.succeeded(late);
  assert.equal(breaker.wait(0), 1000);
  assert.equal(breaker.wait(1000), 0);
  const probe = breaker.begin();
  breaker.failed(late, 1000);
  breaker.ended(late);
  assert.equal(breaker.wait(1000), 1000, "still the one that tries");
  breaker.succeeded(probe);
  for (let news = 0; news < 10; news++) breaker.failed(late, 1001);
  assert.equal(breaker.wait(1001), 0);
});

test("circuit breaker - another limit closes it, the same one does not", () => {
  const breaker = opened();
  breaker.change({ ...LIMIT });
  assert.equal(breaker.wait(0), 1000);
  breaker.change({ count: 5, time: 1000 });
  assert.equal(breaker.wait(0), 0);
});

test("circuit breaker - whatever calls do, never more than one tries while it is open, and it can always close again", () => {
  const step = fc.record({
    pause: fc.nat({ max: 1500 }),
    end: fc.constantFrom("ok", "fails", "gone", "none"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const breaker = new CircuitBreaker(LIMIT, () => {});
      const running: number[] = [];
      let now = 0;
      let failures = 0;
      let openUntil: number | undefined;
      let tries = 0;
      for (const { pause, end } of steps) {
        now += pause;
        const wait = breaker.wait(now);
        // The model knows when it is open; one that tries is the only call of its round.
        if (openUntil !== undefined && now < openUntil) assert.equal(wait, openUntil - now);
        else if (openUntil !== undefined) assert.equal(wait === 0, tries === 0);
        else assert.equal(wait, 0);
        if (wait === 0) {
          running.push(breaker.begin());
          if (openUntil !== undefined) tries++;
        }
        assert.ok(tries <= 1);
        const round = end === "none" ? undefined : running.pop();
        if (round === undefined) continue;
        const isCurrent = round === breaker.round;
        if (end === "ok") breaker.succeeded(round);
        if (end === "fails") breaker.failed(round, now);
        breaker.ended(round);
        if (!isCurrent) continue;
        if (end === "ok") [failures, openUntil, tries] = [0, undefined, 0];
        else if (end === "gone") tries = 0;
        else if (openUntil !== undefined || ++failures === LIMIT.count) {
          [failures, openUntil, tries] = [0, now + LIMIT.time, 0];
        }
      }
      // Let what runs end, wait, and one success closes it.
      for (const round of running) breaker.ended(round);
      now += LIMIT.time;
      assert.equal(breaker.wait(now), 0);
      breaker.succeeded(breaker.begin());
      assert.equal(breaker.wait(now), 0);
    }),
    { numRuns: 1000 },
  );
});
