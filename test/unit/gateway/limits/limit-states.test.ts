import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiSettings } from "../../../../src/core/resources/api-settings/api-settings.ts";
import { LimitStates } from "../../../../src/gateway/limits/limit-states.ts";
import { breakerChanged, type BreakerChange } from "../../../../src/telemetry/channels.ts";
import type { CallLimits, CallPermit, LimitedApi } from "../../../../src/snapshot/call-limits.ts";

const SHOP: LimitedApi = { application: "shop", service: "orders", serviceId: "1", entry: "rest" };

function held(states: LimitStates, settings: ApiSettings, api = SHOP): CallLimits {
  const limits = states.limits(api, settings);
  assert.ok(limits);
  limits.hold();
  return limits;
}

function permitOf(limits: CallLimits, now = 0): CallPermit {
  const entered = limits.enter(now);
  assert.ok(!("limit" in entered), "a call is kept out");
  return entered;
}

test("limits - an API without any has nothing to ask", () => {
  assert.equal(new LimitStates().limits(SHOP, { timeout: 1000 }), undefined);
});

test("limits - as many calls as may be under way, and one more when one has ended, which it does once", () => {
  const limits = held(new LimitStates(), { concurrencyLimit: 2 });
  const first = permitOf(limits);
  permitOf(limits);
  assert.deepEqual(limits.enter(0), { limit: "concurrency", wait: 1000 });
  first.end();
  first.end();
  permitOf(limits);
  assert.deepEqual(limits.enter(0), { limit: "concurrency", wait: 1000 });
});

test("limits - what is counted outlives a change of the settings, and ends with the last who holds it", () => {
  const states = new LimitStates();
  const before = held(states, { concurrencyLimit: 1 });
  const running = permitOf(before);
  const after = held(states, { concurrencyLimit: 2, timeout: 1000 });
  before.release();
  permitOf(after);
  assert.deepEqual(after.enter(0), { limit: "concurrency", wait: 1000 });
  running.end();
  permitOf(after);
  assert.equal(states.size, 1);
  after.release();
  assert.equal(states.size, 0);
  permitOf(held(states, { concurrencyLimit: 1 }));
});

test("limits - what is compiled and never published changes nothing", () => {
  const states = new LimitStates();
  const limits = held(states, { concurrencyLimit: 1 });
  permitOf(limits);
  states.limits(SHOP, { concurrencyLimit: 5 });
  assert.deepEqual(limits.enter(0), { limit: "concurrency", wait: 1000 });
});

test("limits - APIs do not count for each other", () => {
  const states = new LimitStates();
  for (const other of [{}, { application: "other" }, { serviceId: "2" }, { entry: "soap" }]) {
    permitOf(held(states, { concurrencyLimit: 1 }, { ...SHOP, ...other }));
  }
});

test("limits - a limit that is taken away while calls are under way is missed by nobody", () => {
  const states = new LimitStates();
  const before = held(states, { concurrencyLimit: 1, circuitBreaker: { count: 1, time: 1000 } });
  const running = permitOf(before);
  const after = held(states, { rateLimit: { count: 5, time: 1000 } });
  before.release();
  running.failed(0);
  running.end();
  permitOf(after);
});

test("limits - a call that is kept out by one limit takes no place in the others", () => {
  const breaker = { count: 1, time: 1000 };
  const limits = held(new LimitStates(), { concurrencyLimit: 1, circuitBreaker: breaker });
  const failing = permitOf(limits);
  failing.failed(0);
  failing.end();
  assert.deepEqual(limits.enter(0), { limit: "breaker", wait: 1000 });
  const probe = permitOf(limits, 1000);
  assert.equal(probe.allowsRetry, true);
  probe.failed(1000);
  assert.equal(probe.allowsRetry, false);
  probe.end();
  permitOf(limits, 2000).succeeded();
});

test("limits - a try that meets the concurrency limit is no try", () => {
  const limits = held(new LimitStates(), { concurrencyLimit: 1, circuitBreaker: { count: 1, time: 1000 } });
  const long = permitOf(limits);
  long.failed(0);
  assert.deepEqual(limits.enter(1000), { limit: "concurrency", wait: 1000 });
  long.end();
  permitOf(limits, 1000);
});

function changesDuring(act: () => void): readonly BreakerChange[] {
  const changes: BreakerChange[] = [];
  const listener = (change: BreakerChange) => void changes.push(change);
  breakerChanged.subscribe(listener);
  try {
    act();
  } finally {
    breakerChanged.unsubscribe(listener);
  }
  return changes;
}

const NAMES = { api: '["shop","1","rest"]', application: "shop", service: "orders", entry: "rest" };

test("limits - a breaker tells when it opens, when a call that tries fails again, and when it closes", () => {
  const limits = held(new LimitStates(), { circuitBreaker: { count: 1, time: 1000 } });
  const changes = changesDuring(() => {
    permitOf(limits).failed(0);
    permitOf(limits, 1000).failed(1000);
    permitOf(limits, 2000).succeeded();
  });
  assert.deepEqual(changes, [
    { ...NAMES, open: true },
    { ...NAMES, open: true },
    { ...NAMES, open: false },
  ]);
});

test("limits - an open breaker that is taken away, or whose API is, is told as closed and never again as open", () => {
  const states = new LimitStates();
  const circuitBreaker = { count: 1, time: 1000 };
  const changes = changesDuring(() => {
    const before = held(states, { circuitBreaker });
    const [first, late] = [permitOf(before), permitOf(before)];
    first.failed(0);
    const after = held(states, { concurrencyLimit: 9 });
    before.release();
    late.failed(0);
    after.release();
    const again = held(states, { circuitBreaker });
    permitOf(again).failed(0);
    again.release();
  });
  assert.deepEqual(
    changes.map(({ open }) => open),
    [true, false, true, false],
  );
});
