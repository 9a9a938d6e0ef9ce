import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callFinished, callsInFlight, cacheLookedUp, tokenFetched } from "../../../src/telemetry/channels.ts";
import { GatewayMetrics } from "../../../src/telemetry/gateway-metrics.ts";
import { LineSink } from "../../../src/telemetry/line-sink.ts";
import { mergeFamilies } from "../../../src/telemetry/merge-families.ts";
import { WholeLines } from "../../../src/telemetry/whole-lines.ts";
import { WorkerMetrics } from "../../../src/telemetry/worker-metrics.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { parseMetrics } from "../../doubles/parse-metrics.ts";

const clock = new FakeClock();

function publish(): void {
  callsInFlight.publish({ delta: 1 });
  callFinished.publish(aFinishedCall({ attempts: 2 }));
  callFinished.publish(aFinishedCall({ application: 'qu"ote', status: 404, origin: "gateway", attempts: 0 }));
  cacheLookedUp.publish({ cache: "token", hit: true });
  tokenFetched.publish({
    ...{ type: "OAuth", result: "ok", milliseconds: 1, background: false },
    ...{ failure: undefined, reason: undefined },
  });
}

for (const durationsPerApplication of [true, false]) {
  const which = durationsPerApplication ? "of each Application" : "of all";
  test(`relayed counts - what one process took and another added is what was counted, durations ${which}`, () => {
    const options = { durationsPerApplication, clock };
    using whole = new GatewayMetrics(options);
    using worker = new GatewayMetrics(options);
    publish();
    const taken = [worker.take()];
    publish();
    taken.push(worker.take(), worker.take());
    const text = [...whole.text()].join("");
    whole[Symbol.dispose]();
    using sum = new GatewayMetrics(options);
    for (const counts of taken) sum.add(1, structuredClone(counts));
    assert.deepEqual(parseMetrics([...sum.text()].join("")), parseMetrics(text));
    sum.left(1);
    assert.match([...sum.text()].join(""), /^application_gateway_inflight 0$/m);
    for (const delta of [-1, -1] as const) callsInFlight.publish({ delta });
  });
}

test("relayed counts - each worker has its own series, and what it has served stays when it ends", async () => {
  using gateway = new GatewayMetrics({ durationsPerApplication: true, clock });
  const workers = new WorkerMetrics(gateway);
  assert.equal([...workers.text()].join(""), "");
  const states = new Map([
    [1, { isReady: true, connections: 3 }],
    [2, { isReady: false, connections: 0 }],
  ]);
  workers.use({
    collect: () => Promise.resolve(["# HELP a b\n# TYPE a gauge\na 1\n"]),
    states: () => states,
  });
  assert.equal((await workers.collect()).length, 1);
  publish();
  workers.add(1, { ...gateway.take(), inFlight: 5 });
  const inFlight = () => /^application_gateway_inflight (\d+)$/m.exec([...gateway.text()].join(""))?.[1];
  assert.equal(inFlight(), "6");
  workers.ended(1, "killed");
  assert.equal(inFlight(), "1", "its calls have ended with it");
  const families = parseMetrics([...workers.text()].join(""));
  const values = (name: string) => families.get(name)?.samples.map(({ value }) => value);
  assert.deepEqual(values("appconn_worker_ready"), [1, 0]);
  assert.deepEqual(values("appconn_worker_connections"), [3, 0]);
  assert.deepEqual(values("appconn_worker_calls_total"), [2, 0]);
  assert.deepEqual(values("appconn_worker_replacements_total"), [0, 1, 0]);
  callsInFlight.publish({ delta: -1 });
});

test("merged families - of each there is one head, with the samples of all processes", () => {
  const text = (worker: string) =>
    `# HELP a first\n# TYPE a gauge\na{w="${worker}"} 1\n\n# HELP b_total second\n# TYPE b_total counter\nb_total{w="${worker}",v="#1"} 2\n`;
  const merged = mergeFamilies([text("1"), text("2"), "# HELP c third\n# TYPE c gauge\nc 3\n", ""]);
  const families = parseMetrics(merged);
  assert.deepEqual(
    Array.from(families, ([name, { samples }]) => [name, samples.map(({ labels }) => labels["w"])]),
    [
      ["a", ["1", "2"]],
      ["b_total", ["1", "2"]],
      ["c", [undefined]],
    ],
  );
});

test("whole lines - what comes in pieces is cut where lines end, and a line that never ends is left out", () => {
  const taken: string[] = [];
  const lines = new WholeLines((whole) => taken.push(whole.toString()));
  for (const piece of ["one\ntwo\n", "thr", "e", "e\nfo", "ur\nfive\nsix\nsev", "en\n", "eight\nnever en"])
    lines.push(Buffer.from(piece));
  assert.deepEqual(taken, ["one\ntwo\n", "three\n", "four\n", "five\nsix\n", "seven\n", "eight\n"]);
});

test("whole lines - come whole however they are cut, through memory that is used again", () => {
  const anyLine = fc.oneof(
    fc.string(),
    fc.integer({ min: 0, max: 30_000 }).map((length) => "x".repeat(length)),
  );
  const anyLines = fc.array(anyLine.map((text) => `${text.replaceAll("\n", " ")}\n`));
  fc.assert(
    fc.property(anyLines, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (sent, sizes) => {
      const bytes = Buffer.from(sent.join(""));
      const memory = Buffer.alloc(5000);
      const taken: string[] = [];
      const lines = new WholeLines((whole) => taken.push(whole.toString()));
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = bytes.copy(memory, 0, at, at + (sizes[turn % sizes.length] ?? 1));
        lines.push(memory.subarray(0, length));
        at += length;
      }
      assert.equal(taken.join(""), sent.join(""));
      assert.ok(taken.every((text) => text.endsWith("\n")));
    }),
  );
});

test("relayed lines - are written between others, never inside one, and counted where they are lost", async () => {
  const written: string[] = [];
  let finish = () => {};
  const sink = new LineSink(
    {
      ...{ name: "held", recovers: true, writeNow() {}, reopen() {}, close() {} },
      write: (chunk, done) => {
        written.push(chunk.toString());
        finish = () => done(undefined, chunk.length);
      },
    },
    { flushInterval: 100, clock, onTrouble: () => {} },
  );
  sink.write("own\n", true);
  sink.writeLines(Buffer.from("a\nb\n"));
  sink.write("own again\n");
  finish();
  await clock.advance(100);
  assert.deepEqual(written, ["own\n", "a\nb\nown again\n"]);
  sink.writeLines(Buffer.alloc(5 * 1024 * 1024, "x\n"));
  assert.equal(sink.dropped, 5 * 512 * 1024);
});
