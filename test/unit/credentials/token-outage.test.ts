import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TokenCache } from "../../../src/credentials/token-cache.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { SimulatedTokens, succeeded, type Outage } from "../../doubles/simulated-tokens.ts";

const SECOND = 1000;
const never = new AbortController().signal;

interface Simulation {
  readonly lifetime: number;
  readonly outages: readonly Outage[];
  readonly duration: number;
  /** Milliseconds between two calls; one second unless given. */
  readonly pace?: number;
  readonly latency?: number;
  readonly timeout?: number;
  readonly random?: () => number;
}

interface Outcome {
  /** Calls that got no token, or one that a target would refuse. */
  readonly failed: number;
  /** Calls that had to wait for a token, the first included. */
  readonly waited: number;
  readonly requests: readonly number[];
}

/** Calls at a steady pace over simulated time. */
async function simulate(simulation: Simulation): Promise<Outcome> {
  const { lifetime, outages, duration, pace = SECOND, latency = 100 } = simulation;
  const clock = new FakeClock();
  const source = Object.assign(new SimulatedTokens(clock), { lifetime, latency, outages });
  const { timeout = 10 * SECOND, random = Math.random } = simulation;
  using tokens = new TokenCache({ clock, timeout, random });
  tokens.hold("key");
  let failed = 0;
  let waited = 0;
  while (clock.monotonic() < duration) {
    const warm = tokens.find("key")?.current();
    if (warm) {
      if (!source.accepts(warm)) failed++;
    } else {
      waited++;
      void tokens
        .slot("key", source)
        .fetch(never)
        .then((outcome) => {
          if (!succeeded(outcome) || !source.accepts(outcome)) failed++;
        });
    }
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(pace);
  }
  await clock.advance(timeout);
  return { failed, waited, requests: source.requests };
}

for (const kind of ["refuse", "hang"] as const) {
  test(`token cache - 240 s of outage (${kind}) with 300 s tokens is never noticed, whenever it begins`, async () => {
    // Refreshes are at most 30 s apart, so these beginnings are all phases in steps of half a second.
    for (let begin = 600; begin < 632; begin += 0.5) {
      const from = begin * SECOND;
      const outages = [{ from, to: from + 240 * SECOND, kind }];
      // eslint-disable-next-line no-await-in-loop
      const { failed, waited } = await simulate({
        lifetime: 300 * SECOND,
        outages,
        duration: from + 330 * SECOND,
      });
      assert.deepEqual({ begin, failed, waited }, { begin, failed: 0, waited: 1 });
    }
  });

  test(`token cache - six hours of outages (${kind}) of 240 s, with a minute between, are never noticed`, async () => {
    const outages = Array.from({ length: 72 }, (_, index) => {
      const from = (60 + index * 300) * SECOND;
      return { from, to: from + 240 * SECOND, kind };
    });
    const { failed, waited } = await simulate({
      lifetime: 300 * SECOND,
      outages,
      duration: 6 * 3600 * SECOND,
    });
    assert.deepEqual({ failed, waited }, { failed: 0, waited: 1 });
  });
}

for (const lifetime of [300, 360, 599, 900, 1800, 3600, 43_199, 86_400]) {
  test(`token cache - with tokens of ${lifetime} s an outage of four fifths of that is never noticed`, async () => {
    for (let phase = 0; phase < 1; phase += 0.125) {
      for (const kind of ["refuse", "hang"] as const) {
        const from = (1 + phase / 8) * lifetime * SECOND;
        const outages = [{ from, to: from + 0.8 * lifetime * SECOND, kind }];
        const duration = from + 1.2 * lifetime * SECOND;
        const pace = (lifetime * SECOND) / 200;
        // eslint-disable-next-line no-await-in-loop
        const { failed, waited } = await simulate({ lifetime: lifetime * SECOND, outages, duration, pace });
        assert.deepEqual({ phase, kind, failed, waited }, { phase, kind, failed: 0, waited: 1 });
      }
    }
  });
}

test("token cache - no outage of up to four fifths of a lifetime fails a call, whatever the numbers", async () => {
  const numbers = fc.record({
    lifetime: fc.integer({ min: 10, max: 7200 }),
    share: fc.double({ min: 0, max: 0.8, noNaN: true }),
    start: fc.double({ min: 1, max: 3, noNaN: true }),
    latency: fc.integer({ min: 0, max: 400 }),
    timeout: fc.integer({ min: 1000, max: 60_000 }),
    kind: fc.constantFrom("refuse", "hang"),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(numbers, async ({ lifetime, share, start, latency, timeout, kind, jitter }) => {
      const life = lifetime * SECOND;
      const from = start * life;
      const { failed } = await simulate({
        lifetime: life,
        outages: [{ from, to: from + share * life, kind }],
        duration: from + 1.5 * life,
        pace: life / 50,
        latency,
        timeout,
        random: () => jitter,
      });
      assert.equal(failed, 0);
    }),
    { numRuns: 60 },
  );
});

test("token cache - the provider is asked about ten times per lifetime, and seldom while it is down", async () => {
  const outages = [{ from: 3000 * SECOND, to: 3240 * SECOND, kind: "refuse" as const }];
  const { requests } = await simulate({ lifetime: 300 * SECOND, outages, duration: 6000 * SECOND });
  const perLifetime = requests.filter((time) => time < 3000 * SECOND).length / 10;
  assert.ok(perLifetime > 9 && perLifetime < 12, `${perLifetime} requests per lifetime`);
  // 1, 2, 4, 8, 16 and then at most 30 s apart, a quarter less by chance: about a dozen.
  const whileDown = requests.filter((time) => time >= 3000 * SECOND && time < 3240 * SECOND).length;
  assert.ok(whileDown >= 8 && whileDown <= 18, `${whileDown} requests while it was down`);
});

test("token cache - tokens fetched together are not refreshed together", async () => {
  const clock = new FakeClock();
  using tokens = new TokenCache({ clock, timeout: 10 * SECOND, random: Math.random });
  const sources = Array.from({ length: 200 }, () => new SimulatedTokens(clock));
  for (const [index, source] of sources.entries()) {
    tokens.hold(`key-${index}`);
    void tokens.slot(`key-${index}`, source).fetch(never);
  }
  await clock.advance(60 * SECOND);
  const seconds = new Set(sources.map(({ requests }) => Math.floor((requests[1] ?? 0) / 500)));
  assert.ok(seconds.size >= 5, "refreshes fall into one moment");
  assert.ok(sources.every(({ requests }) => (requests[1] ?? 0) > 26 * SECOND));
});
