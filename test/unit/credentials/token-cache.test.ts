import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialFailure, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { Authorisation } from "../../../src/credentials/provider.ts";
import { TokenCache } from "../../../src/credentials/token-cache.ts";
import type { TokenSlot } from "../../../src/credentials/token-slot.ts";
import { tokenFetched, type TokenFetched } from "../../../src/telemetry/channels.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { SimulatedTokens, succeeded } from "../../doubles/simulated-tokens.ts";

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const never = new AbortController().signal;

function open(changes: Partial<SimulatedTokens> = {}) {
  const clock = new FakeClock();
  const source = Object.assign(new SimulatedTokens(clock), changes);
  const tokens = new TokenCache({ clock, timeout: 10 * SECOND, random: () => 0.5 });
  tokens.hold("key");
  return {
    clock,
    source,
    tokens,
    slot: (): TokenSlot => tokens.slot("key", source),
    [Symbol.dispose]: () => tokens.close(),
  };
}

/** Fetches, with time passing. */
async function fetched(
  { slot, clock }: ReturnType<typeof open>,
  options?: { readonly acceptsDoubted?: boolean },
) {
  const outcome = slot().fetch(never, options);
  await clock.advance(SECOND);
  return outcome;
}

async function fetchedToken(cache: ReturnType<typeof open>): Promise<Authorisation> {
  const outcome = await fetched(cache);
  assert.ok(succeeded(outcome));
  return outcome;
}

function down(clock: FakeClock, seconds = Number.POSITIVE_INFINITY) {
  return [{ from: clock.monotonic(), to: clock.monotonic() + seconds * SECOND, kind: "refuse" as const }];
}

test("token cache - a thousand callers that miss together cause one request and share its token", async () => {
  using cache = open();
  const callers = Array.from({ length: 1000 }, () => cache.slot().fetch(never));
  await cache.clock.advance(SECOND);
  const outcomes = await Promise.all(callers);
  assert.equal(new Set(outcomes).size, 1);
  assert.ok(outcomes.every(succeeded));
  assert.equal(cache.source.requests.length, 1);
  assert.equal(cache.slot().current(), outcomes[0]);
});

test("token cache - a thousand callers share one failure, which is not kept", async () => {
  using cache = open();
  cache.source.outages = down(cache.clock, 10);
  const callers = Array.from({ length: 1000 }, () => cache.slot().fetch(never));
  await cache.clock.advance(SECOND);
  const outcomes = await Promise.all(callers);
  assert.ok(outcomes.every(isCredentialFailure));
  assert.equal(cache.source.requests.length, 1);
  assert.equal(cache.tokens.size, 0);
  await cache.clock.advance(10 * SECOND);
  await fetchedToken(cache);
});

test("token cache - a caller that goes away leaves the others waiting", async () => {
  using cache = open();
  const leaving = new AbortController();
  const left = cache.slot().fetch(leaving.signal);
  const staying = cache.slot().fetch(never);
  const gone = new Error("the caller has gone");
  leaving.abort(gone);
  await assert.rejects(left, gone);
  await assert.rejects(cache.slot().fetch(leaving.signal), gone);
  await cache.clock.advance(SECOND);
  assert.ok(succeeded(await staying));
  assert.equal(cache.source.requests.length, 1);
});

test("token cache - one signal may wait a thousand times", async () => {
  using cache = open();
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on("warning", warn);
  const callers = Array.from({ length: 1000 }, () => cache.slot().fetch(signal));
  await cache.clock.advance(SECOND);
  await Promise.all(callers);
  process.off("warning", warn);
  assert.deepEqual(warnings, []);
});

test("token cache - a fetch has a deadline of its own", async () => {
  using cache = open({ latency: 3600 * SECOND });
  const waiting = cache.slot().fetch(never);
  await cache.clock.advance(9999);
  assert.ok(cache.tokens.size === 1);
  await cache.clock.advance(1);
  assert.ok(isCredentialFailure(await waiting));
});

test("token cache - the deadline says how long was waited", async () => {
  using cache = open();
  const waiting = cache.tokens
    .slot("key", {
      type: "OAuth",
      request: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
        ),
    })
    .fetch(never);
  const outcome = assert.rejects(waiting, { message: "no answer within 10s" });
  await cache.clock.advance(10 * SECOND);
  await outcome;
});

test("token cache - a token is used until shortly before its end, and then no more", async () => {
  using cache = open();
  await fetchedToken(cache);
  cache.source.outages = down(cache.clock);
  await cache.clock.advance(297 * SECOND - 1);
  assert.ok(cache.slot().current());
  await cache.clock.advance(1);
  assert.equal(cache.slot().current(), undefined);
  assert.equal(cache.clock.timers, 0);
});

test("token cache - a token that lives two seconds is used for nine tenths of them", async () => {
  using cache = open({ lifetime: 2 * SECOND, latency: 0 });
  const outcome = cache.slot().fetch(never);
  await cache.clock.advance(1799);
  assert.equal(cache.slot().current(), await outcome);
  await cache.clock.advance(1);
  assert.equal(cache.slot().current(), undefined);
});

test("token cache - a token that has ended when it arrives serves those who waited, and is not kept", async () => {
  using cache = open({ lifetime: SECOND, latency: 2 * SECOND });
  const outcome = cache.slot().fetch(never);
  await cache.clock.advance(2 * SECOND);
  assert.ok(succeeded(await outcome));
  assert.equal(cache.tokens.size, 0);
  assert.equal(cache.clock.timers, 0);
});

test("token cache - jumps of the wall clock change nothing", async () => {
  using cache = open();
  const token = await fetchedToken(cache);
  for (const jump of [10 * 365 * DAY, -20 * 365 * DAY]) {
    cache.clock.jump(jump);
    assert.equal(cache.slot().current(), token);
  }
  cache.source.outages = down(cache.clock);
  // eslint-disable-next-line no-await-in-loop
  await cache.clock.advance(200 * SECOND);
  assert.equal(cache.slot().current(), token);
});

test("token cache - a refused token is asked for anew once, however many calls were refused with it", async () => {
  using cache = open();
  const refused = await fetchedToken(cache);
  const calls = Array.from({ length: 1000 }, async () => {
    cache.slot().invalidate(refused);
    return cache.slot().current() ?? cache.slot().fetch(never);
  });
  await cache.clock.advance(SECOND);
  const [renewed, ...others] = await Promise.all(calls);
  assert.ok(renewed && succeeded(renewed) && renewed !== refused);
  assert.ok(others.every((outcome) => outcome === renewed));
  // A refusal that comes late is about a token that is gone already.
  cache.slot().invalidate(refused);
  assert.equal(cache.slot().current(), renewed);
  assert.equal(cache.source.requests.length, 2);
});

test("token cache - a refusal is not met with what a refresh had asked for before it", async () => {
  using cache = open();
  const refused = await fetchedToken(cache);
  cache.source.latency = 5 * SECOND;
  await cache.clock.advance(30 * SECOND);
  assert.equal(cache.source.requests.length, 2, "a refresh is under way");
  // The provider gives the refresh the token that it has revoked, and has a new one for whoever asks later.
  cache.source.sameToken = (refused.header ?? "").replace("Bearer ", "");
  const calls = Array.from({ length: 1000 }, () => {
    cache.slot().invalidate(refused);
    return cache.slot().fetch(never);
  });
  assert.equal(cache.source.requests.length, 3, "one request for all of them");
  await cache.clock.advance(4 * SECOND);
  assert.equal(cache.slot().current(), undefined, "the refresh has ended and counts for nothing");
  cache.source.sameToken = undefined;
  await cache.clock.advance(SECOND);
  const [renewed, ...others] = await Promise.all(calls);
  assert.ok(renewed && succeeded(renewed) && renewed.header !== refused.header);
  assert.ok(others.every((outcome) => outcome === renewed));
  assert.equal(cache.slot().current(), renewed);
  assert.equal(cache.source.requests.length, 3);
});

test("token cache - a refresh that began before a refusal and fails after it takes nothing away", async () => {
  using cache = open();
  const refused = await fetchedToken(cache);
  cache.source.outages = [{ from: 0, to: 29 * SECOND, kind: "hang" }];
  await cache.clock.advance(28 * SECOND);
  assert.equal(cache.source.requests.length, 2, "a refresh hangs");
  await cache.clock.advance(SECOND);
  cache.slot().invalidate(refused);
  const renewed = await fetched(cache);
  assert.ok(succeeded(renewed));
  await cache.clock.advance(9 * SECOND);
  assert.equal(cache.slot().current(), renewed);
});

test("token cache - a refused token whose caller has gone is dropped at its end, the refresh under way or not", async () => {
  using cache = open();
  const refused = await fetchedToken(cache);
  cache.source.outages = [{ from: 0, to: DAY, kind: "hang" }];
  await cache.clock.advance(29 * SECOND);
  assert.equal(cache.source.requests.length, 2, "a refresh hangs");
  cache.slot().invalidate(refused);
  await cache.clock.advance(300 * SECOND);
  assert.deepEqual([cache.tokens.size, cache.clock.timers], [0, 0]);
});

test("token cache - a refusal that comes after a refresh gave the same token once more is about that token", async () => {
  using cache = open({ sameToken: "the-same", prolonged: true });
  const refused = await fetchedToken(cache);
  await cache.clock.advance(30 * SECOND);
  assert.equal(cache.source.requests.length, 2);
  cache.source.sameToken = undefined;
  cache.slot().invalidate(refused);
  assert.equal(cache.slot().current(), undefined);
  assert.notEqual((await fetchedToken(cache)).header, refused.header);
});

test("token cache - a token that is given once more after its refusal is refused once", async () => {
  using cache = open({ sameToken: "the-same", prolonged: true });
  const refused = await fetchedToken(cache);
  cache.slot().invalidate(refused);
  const renewed = await fetchedToken(cache);
  for (let call = 0; call < 1000; call++) cache.slot().invalidate(refused);
  assert.equal(cache.slot().current(), renewed);
  assert.equal(cache.source.requests.length, 2);
});

test("token cache - a refused token that cannot be renewed is a failure to the call that was refused with it", async () => {
  using cache = open();
  const refused = await fetchedToken(cache);
  cache.source.outages = down(cache.clock);
  cache.slot().invalidate(refused);
  assert.equal(cache.slot().current(), undefined);
  assert.ok(isCredentialFailure(await fetched(cache)));
});

test("token cache - a refusal while the provider is down takes a valid token away from no other call", async () => {
  using cache = open();
  const token = await fetchedToken(cache);
  cache.source.outages = down(cache.clock, 60);
  cache.slot().invalidate(token);
  const refused = cache.slot().fetch(never);
  const another = cache.slot().fetch(never, { acceptsDoubted: true });
  await cache.clock.advance(SECOND);
  assert.ok(isCredentialFailure(await refused));
  assert.equal(await another, token);
  assert.equal(cache.slot().current(), token);
  // And as soon as it is up again, the token is replaced without a call that waits.
  await cache.clock.advance(90 * SECOND);
  assert.notEqual(cache.slot().current(), token);
  assert.ok(cache.slot().current());
});

test("token cache - a refused token that is doubted does not outlive its end", async () => {
  using cache = open();
  const token = await fetchedToken(cache);
  cache.source.outages = down(cache.clock);
  await cache.clock.advance(290 * SECOND);
  cache.slot().invalidate(token);
  cache.source.latency = 0;
  await cache.clock.advance(7 * SECOND);
  assert.equal(cache.slot().current(), undefined);
  assert.ok(isCredentialFailure(await fetched(cache, { acceptsDoubted: true })));
});

test("token cache - a credential that nobody uses is refreshed for one lifetime more, and dropped at its end", async () => {
  using cache = open();
  await fetchedToken(cache);
  await cache.clock.advance(300 * SECOND);
  const refreshes = cache.source.requests.length;
  assert.ok(refreshes > 5, `${refreshes} requests`);
  await cache.clock.advance(60 * SECOND);
  const last = cache.source.requests.at(-1) ?? 0;
  await cache.clock.advance(3600 * SECOND);
  assert.equal(cache.source.requests.at(-1), last);
  assert.equal(cache.tokens.size, 0);
  assert.equal(cache.clock.timers, 0);
});

test("token cache - a provider that refuses to renew a token which nobody uses is not asked again and again", async () => {
  using cache = open({ lifetime: 3600 * SECOND });
  const token = await fetchedToken(cache);
  const refused = credentialFailure("CREDENTIALS_TOKEN_REFUSED", 401, "https://idp");
  let asked = 0;
  cache.source.request = () => {
    asked++;
    return Promise.resolve(refused);
  };
  await cache.clock.advance(1800 * SECOND);
  // The first refresh finds the token used, by the call that fetched it.
  assert.ok(asked >= 1 && asked <= 2, `${asked} requests`);
  assert.equal(cache.slot().current(), token, "whoever still uses it has it");
  await cache.clock.advance(SECOND);
  assert.ok(asked >= 2 && asked <= 4, `${asked} requests`);
  await cache.clock.advance(3600 * SECOND);
  assert.deepEqual([cache.tokens.size, cache.clock.timers], [0, 0]);
  assert.ok(asked <= 5, `${asked} requests`);
});

test("token cache - a token that sleeps serves the next call without a wait, and is refreshed again", async () => {
  using cache = open();
  await fetchedToken(cache);
  await cache.clock.advance(400 * SECOND);
  const requests = cache.source.requests.length;
  const asleep = cache.tokens.find("key")?.current();
  assert.ok(asleep && cache.source.accepts(asleep));
  await cache.clock.advance(SECOND);
  assert.equal(cache.source.requests.length, requests + 1);
  assert.notEqual(cache.slot().current(), asleep);
  await cache.clock.advance(60 * SECOND);
  assert.equal(cache.source.requests.length, requests + 3);
});

test("token cache - a token that lives for years is refreshed daily while it is used, and dropped after idle days", async () => {
  using cache = open({ lifetime: 366 * DAY });
  await fetchedToken(cache);
  for (let day = 0; day < 30; day++) {
    assert.ok(cache.slot().current());
    // eslint-disable-next-line no-await-in-loop
    await cache.clock.advance(DAY);
  }
  assert.ok(cache.source.requests.length > 30 && cache.source.requests.length < 34);
  await cache.clock.advance(5 * DAY);
  assert.deepEqual([cache.tokens.size, cache.clock.timers], [0, 0]);
});

test("token cache - a timer that rings too early, as the longest do, changes nothing", async () => {
  const clock = new FakeClock();
  const early: typeof clock.after = (milliseconds, action) =>
    FakeClock.prototype.after.call(clock, Math.min(milliseconds, 20 * SECOND), action);
  const timers = { now: () => clock.now(), monotonic: () => clock.monotonic(), after: early };
  const source = new SimulatedTokens(clock);
  using tokens = new TokenCache({ clock: timers, timeout: 10 * SECOND, random: () => 0.5 });
  tokens.hold("key");
  void tokens.slot("key", source).fetch(never);
  await clock.advance(28_400);
  assert.equal(source.requests.length, 1);
  await clock.advance(200);
  assert.equal(source.requests.length, 2);
});

test("token cache - a provider that gives the same token until its end is not asked ever more often", async () => {
  using cache = open({ sameToken: "the-same" });
  await fetchedToken(cache);
  for (let second = 0; second < 290; second++) {
    assert.ok(cache.slot().current());
    // eslint-disable-next-line no-await-in-loop
    await cache.clock.advance(SECOND);
  }
  assert.ok(cache.source.requests.length < 12, `${cache.source.requests.length} requests`);
});

test("token cache - a provider that prolongs the same token is asked as early as any other", async () => {
  using cache = open({ sameToken: "the-same", prolonged: true });
  await fetchedToken(cache);
  await cache.clock.advance(300 * SECOND);
  assert.ok(cache.source.requests.length > 9, `${cache.source.requests.length} requests`);
});

test("token cache - two thousand credentials that fail or end leave nothing behind", async () => {
  using cache = open({ lifetime: 5 * SECOND });
  const fetch = (key: string) => {
    cache.tokens.hold(key);
    void cache.tokens.slot(key, cache.source).fetch(never);
  };
  for (let index = 0; index < 1000; index++) fetch(`a${index}`);
  await cache.clock.advance(SECOND);
  cache.source.outages = down(cache.clock);
  for (let index = 0; index < 1000; index++) fetch(`b${index}`);
  assert.equal(cache.tokens.size, 2000);
  await cache.clock.advance(60 * SECOND);
  assert.deepEqual([cache.tokens.size, cache.clock.timers], [0, 0]);
});

test("token cache - closing ends what is under way, stops the timers and keeps nothing", async () => {
  const cache = open();
  await fetchedToken(cache);
  const hanging = Object.assign(new SimulatedTokens(cache.clock), { latency: DAY });
  const waiting = cache.tokens.slot("other", hanging).fetch(never);
  cache.tokens.close();
  assert.ok(isCredentialFailure(await waiting));
  assert.equal(cache.slot().current(), undefined);
  await fetched(cache);
  assert.deepEqual([cache.tokens.size, cache.clock.timers], [0, 0]);
});

test("token cache - an error that nobody expected reaches the callers, and does not stop the refreshing", async () => {
  using cache = open();
  await fetchedToken(cache);
  const request = cache.source.request.bind(cache.source);
  const told: TokenFetched[] = [];
  const listen = (payload: TokenFetched) => told.push(payload);
  tokenFetched.subscribe(listen);
  let broken = true;
  cache.source.request = (signal) => (broken ? Promise.reject(new TypeError("a bug")) : request(signal));
  await cache.clock.advance(40 * SECOND);
  tokenFetched.unsubscribe(listen);
  assert.ok(cache.slot().current());
  assert.partialDeepStrictEqual(told[0], { result: "failed", failure: "TypeError", reason: "a bug" });
  broken = false;
  const before = cache.source.requests.length;
  await cache.clock.advance(40 * SECOND);
  assert.ok(cache.source.requests.length > before);
  broken = true;
  await assert.rejects(cache.tokens.slot("other", cache.source).fetch(never), { message: "a bug" });
});

test("token cache - an error that nobody waits for any more does not end the process", async () => {
  using cache = open();
  cache.source.request = () => Promise.reject(new TypeError("a bug"));
  const gone = new Error("the caller has gone");
  // An unhandled rejection fails the test.
  await assert.rejects(cache.slot().fetch(AbortSignal.abort(gone)), gone);
  await cache.clock.advance(SECOND);
  assert.equal(cache.tokens.size, 0);
});

test("token cache - every request is told, with how it ended and whether anybody waited", async () => {
  using cache = open({ latency: 40 });
  const told: TokenFetched[] = [];
  const listen = (payload: TokenFetched) => told.push(payload);
  tokenFetched.subscribe(listen);
  try {
    await fetchedToken(cache);
    cache.source.outages = down(cache.clock);
    await cache.clock.advance(28 * SECOND);
  } finally {
    tokenFetched.unsubscribe(listen);
  }
  assert.deepEqual(told, [
    {
      type: "OAuth",
      result: "ok",
      milliseconds: 40,
      background: false,
      failure: undefined,
      reason: undefined,
    },
    {
      type: "OAuth",
      result: "failed",
      milliseconds: 5,
      background: true,
      failure: "CREDENTIALS_TOKEN_UNREACHABLE",
      reason: "failed to make a request to 'https://idp': down",
    },
  ]);
});
