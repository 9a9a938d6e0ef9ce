import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RateLimit } from "../../../../src/gateway/limits/rate-limit.ts";

test("rate limit - as many as it says come at once, the next when one has been paid for", () => {
  const limit = new RateLimit({ count: 4, time: 1000 });
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => limit.take(now)),
    [0, 0, 0, 0],
  );
  assert.equal(limit.take(0), 250);
  assert.equal(limit.take(100), 150);
  assert.equal(limit.take(250), 0);
  assert.equal(limit.take(250), 250);
});

test("rate limit - what was not used in the past is worth one time's calls, no more", () => {
  const limit = new RateLimit({ count: 2, time: 1000 });
  assert.deepEqual(
    [1e6, 1e6, 1e6].map((now) => limit.take(now)),
    [0, 0, 500],
  );
});

test("rate limit - another limit begins anew, the same one does not", () => {
  const limit = new RateLimit({ count: 1, time: 3_600_000 });
  assert.equal(limit.take(0), 0);
  limit.change({ count: 1, time: 3_600_000 });
  assert.equal(limit.take(1), 3_599_999);
  limit.change({ count: 1, time: 1000 });
  assert.equal(limit.take(1), 0);
});

test("rate limit - never more than twice its count come through in its time, and after the wait that it names one does", () => {
  const steps = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), steps, (count, pauses) => {
      const limit = new RateLimit({ count, time: 1000 });
      const taken: number[] = [];
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        const wait = limit.take(now);
        if (wait === 0) taken.push(now);
        else {
          assert.ok(wait <= 1000);
          // Seen from elsewhere: the same calls, and one more at the time that was named.
          const same = new RateLimit({ count, time: 1000 });
          for (const at of taken) assert.equal(same.take(at), 0);
          assert.equal(same.take(now + wait), 0);
        }
      }
      for (const from of taken) {
        const within = taken.filter((at) => at >= from && at < from + 1000).length;
        assert.ok(within < 2 * count + 1, `${within} of ${count}`);
      }
    }),
  );
});
