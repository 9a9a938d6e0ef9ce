import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callAddressed, callFinished, type FinishedCall } from "../../../src/telemetry/channels.ts";
import { durationBucket, durationQuantile } from "../../../src/telemetry/live/duration-buckets.ts";
import { LiveCalls } from "../../../src/telemetry/live/live-calls.ts";
import { joinFrames, mergeFrames, type LiveFrame } from "../../../src/telemetry/live/live-frame.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";

const subscribed = (): boolean => callAddressed.hasSubscribers || callFinished.hasSubscribers;

/** What a listener is told of what happens in each of the seconds. */
async function framesOf(...seconds: readonly (() => void)[]): Promise<readonly LiveFrame[]> {
  const clock = new FakeClock();
  const frames: LiveFrame[] = [];
  using _ = new LiveCalls(clock).listen((frame) => frames.push(frame));
  for (const act of seconds) {
    act();
    // eslint-disable-next-line no-await-in-loop -- one second after another
    await clock.advance(1000);
  }
  return frames;
}

function ends(changes: Partial<FinishedCall> = {}): void {
  callFinished.publish(aFinishedCall(changes));
}

/** `application/service/entry calls errors refused inFlight`, the most called first. */
function shown({ rows }: LiveFrame): readonly string[] {
  return rows
    .toSorted((one, other) => other.calls - one.calls || other.inFlight - one.inFlight)
    .map(
      (row) =>
        `${row.application}/${row.service}/${row.entry} ${row.calls} ${row.errors} ${row.refused} ${row.inFlight}`,
    );
}

test("live calls - nothing is subscribed and no timer runs while nobody listens, before, between and after", () => {
  const clock = new FakeClock();
  const live = new LiveCalls(clock);
  assert.deepEqual([subscribed(), clock.timers], [false, 0]);
  const [first, second] = [live.listen(() => {}), live.listen(() => {})];
  assert.deepEqual([subscribed(), clock.timers], [true, 1]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.deepEqual([subscribed(), clock.timers], [true, 1]);
  second[Symbol.dispose]();
  assert.deepEqual([subscribed(), clock.timers], [false, 0]);
  live.listen(() => {})[Symbol.dispose]();
  assert.deepEqual([subscribed(), clock.timers], [false, 0]);
});

test("live calls - each second has what other processes have counted in it, the first one too", async () => {
  const clock = new FakeClock();
  const row = { application: "shop", service: "s", entry: "e", calls: 9, errors: 0, refused: 0, inFlight: 0 };
  const other = { seconds: 1, rows: [{ ...row, durations: [] }] };
  const frames: LiveFrame[] = [];
  const live: LiveCalls = new LiveCalls(clock, {
    isElsewhere: () => true,
    // A process that is told begins a moment later, and so each of its frames comes a moment later.
    watched: (isWatched) => {
      if (isWatched)
        for (let second = 1; second < 4; second++) clock.after(second * 1000 + 20, () => live.add(1, other));
    },
  });
  using _ = live.listen((frame) => frames.push(frame));
  await clock.advance(3500);
  assert.deepEqual(
    frames.map(({ seconds, rows }) => [seconds, rows[0]?.calls]),
    [
      [1, 9],
      [1, 9],
      [1, 9],
    ],
  );
});

test("live calls - each second has what ended in it, by API; a caller that left is no error", async () => {
  const frames = await framesOf(
    () => {
      ends();
      ends({ status: 502, targetStatus: 500 });
      ends({ status: 429, origin: "gateway", gatewayError: "limit" });
      ends({ status: 499 });
      ends({
        application: undefined,
        service: undefined,
        entry: undefined,
        status: 404,
        gatewayError: "request",
      });
    },
    () => ends({ entry: "soap", status: 503, gatewayError: "limit" }),
    () => {},
  );
  assert.deepEqual(frames.map(shown), [
    ["shop/orders-api/rest-v1 4 1 1 0", "// 1 0 1 0"],
    ["shop/orders-api/soap 1 1 1 0"],
    [],
  ]);
  assert.deepEqual(
    frames.map(({ seconds }) => seconds),
    [1, 1, 1],
  );
});

test("live calls - calls under way are counted from their beginning, also those that are made again", async () => {
  const call = aFinishedCall();
  const moved = { ...call, entry: "soap" };
  const frames = await framesOf(
    () => callAddressed.publish(call),
    () => callAddressed.publish(call),
    () => {
      // It was under way before anybody watched.
      ends();
      callFinished.publish(call);
    },
    () => {
      callAddressed.publish(moved);
      Object.assign(moved, { entry: "rest-v2" });
      callAddressed.publish(moved);
    },
  );
  assert.deepEqual(frames.map(shown), [
    ["shop/orders-api/rest-v1 0 0 0 1"],
    ["shop/orders-api/rest-v1 0 0 0 1"],
    ["shop/orders-api/rest-v1 2 0 0 0"],
    ["shop/orders-api/rest-v2 0 0 0 1", "shop/orders-api/soap 0 0 0 0"],
  ]);
});

test("live calls - of very many APIs those beyond a limit are counted together", async () => {
  const [frame] = await framesOf(() => {
    for (let number = 0; number < 5100; number++) ends({ service: `s${number}` });
  });
  assert.ok(frame);
  assert.equal(frame.rows.length, 5001);
  assert.equal(shown(frame)[0], "// 100 0 0 0");
});

test("live calls - what is read from the buckets is right to a tenth", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.2, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 50 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (times, part) => {
        const counts = new Map<number, number>();
        for (const time of times)
          counts.set(durationBucket(time), (counts.get(durationBucket(time)) ?? 0) + 1);
        const read =
          durationQuantile(
            [...counts].toSorted(([a], [b]) => a - b),
            part,
          ) ?? 0;
        const exact = times.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(times.length * part)) - 1] ?? 0;
        assert.ok(read >= exact * 0.999 && read <= exact * 1.101, `${read} for ${exact}`);
      },
    ),
  );
  assert.equal(durationQuantile([], 0.5), undefined);
  assert.equal(durationBucket(0), 0);
  assert.equal(durationBucket(Number.MAX_VALUE), 150);
});

const row = (changes: object) => ({
  application: "shop",
  service: "orders",
  entry: "rest",
  calls: 1,
  errors: 0,
  refused: 0,
  inFlight: 2,
  durations: [[3, 1]] as const,
  ...changes,
});

test("live calls - frames of several processes add up, those of one follow each other", () => {
  const one = { seconds: 1, rows: [row({}), row({ entry: "soap" })] };
  const other = {
    seconds: 1.1,
    rows: [
      row({
        calls: 2,
        errors: 1,
        refused: 1,
        inFlight: 1,
        durations: [
          [1, 1],
          [3, 1],
        ],
      }),
    ],
  };
  const sum = row({
    calls: 3,
    errors: 1,
    refused: 1,
    inFlight: 3,
    durations: [
      [1, 1],
      [3, 2],
    ],
  });
  assert.deepEqual(mergeFrames([one, other]), { seconds: 1.1, rows: [sum, row({ entry: "soap" })] });
  assert.deepEqual(joinFrames(one, other), {
    seconds: 2.1,
    rows: [{ ...sum, inFlight: 1 }, row({ entry: "soap", inFlight: 0 })],
  });
  assert.deepEqual(mergeFrames([]), { seconds: 0, rows: [] });
});
