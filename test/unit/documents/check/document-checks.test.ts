import assert from "node:assert/strict";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { systemClock } from "../../../../src/core/clock.ts";
import { DocumentChecks } from "../../../../src/documents/check/document-checks.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";
import { newDocument, said } from "./check-as.ts";

const small = newDocument("openapi", "a.json", {
  openapi: "3.0.3",
  info: { title: "Orders", version: "1" },
  paths: {},
});
/** Takes seconds to parse and more than a hundred megabytes. */
const slow = newDocument("openapi", "a.yaml", `x: [${"{},".repeat(70_000)}1]`);

test("document checks - many at once are answered each with its own", async () => {
  await using checks = new DocumentChecks({ clock: systemClock });
  const titles = Array.from({ length: 50 }, (_, index) => `Orders ${index}`);
  const answers = await Promise.all(
    titles.map((title) =>
      checks.check(
        newDocument("openapi", "a.json", { openapi: "3.0.3", info: { title, version: "1" }, paths: {} }),
      ),
    ),
  );
  assert.deepEqual(
    answers.map(({ metadata }) => metadata["title"]),
    titles,
  );
});

test("document checks - the content stays the caller's, and is only that of the document", async () => {
  await using checks = new DocumentChecks({ clock: systemClock });
  const around = Buffer.concat([Buffer.from("before"), small.content, Buffer.from("after")]);
  const content = around.subarray(6, 6 + small.content.length);
  const { outcome } = await checks.check({ ...small, content });
  assert.equal(outcome.phase, "Ready");
  assert.equal(around.subarray(0, 6).toString(), "before");
});

test("document checks - one that needs too much memory is ready with a warning, and the next is checked", async () => {
  await using checks = new DocumentChecks({ clock: systemClock, limits: { heap: 64 } });
  const [killed, next] = await Promise.all([checks.check(slow), checks.check(small)]);
  assert.deepEqual(said(killed), [
    "warning :? The document was not checked: its check needed more than 64 MiB.",
  ]);
  assert.deepEqual([killed.format, killed.outcome.phase], ["unknown", "Ready"]);
  assert.deepEqual([next.format, next.findings], ["openapi", []]);
});

test("document checks - one that takes too long is ready with a warning, and the next is checked", async () => {
  const clock = new FakeClock();
  await using checks = new DocumentChecks({ clock, limits: { time: 5_000 } });
  await checks.check(small);
  const killed = checks.check(slow);
  // The check has begun as soon as its limit is set.
  await eventually(() => assert.equal(clock.timers, 1));
  await clock.advance(5_000);
  assert.deepEqual(said(await killed), [
    "warning :? The document was not checked: its check took longer than 5 s.",
  ]);
  assert.equal((await checks.check(small)).format, "openapi");
});

test("document checks - a thread without work ends, and the next document starts another", async () => {
  const clock = new FakeClock();
  const events: string[] = [];
  const note = (worker: Worker) => {
    events.push("started");
    worker.once("exit", () => events.push("ended"));
  };
  process.on("worker", note);
  try {
    await using checks = new DocumentChecks({ clock });
    await checks.check(small);
    await clock.advance(9 * 60_000);
    await checks.check(small);
    await clock.advance(9 * 60_000);
    assert.deepEqual(events, ["started"]);
    await clock.advance(60_000);
    await eventually(() => assert.deepEqual(events, ["started", "ended"]));
    assert.equal((await checks.check(small)).format, "openapi");
  } finally {
    process.off("worker", note);
  }
  assert.deepEqual(events, ["started", "ended", "started", "ended"]);
  assert.equal(clock.timers, 0);
});

test("document checks - what waits when they close is answered as not checked", async () => {
  const checks = new DocumentChecks({ clock: systemClock });
  const waiting = [checks.check(slow), checks.check(small)];
  await checks.close();
  for (const answer of await Promise.all(waiting)) {
    assert.deepEqual(said(answer), ["warning :? The document was not checked: the checks were stopped."]);
  }
  assert.deepEqual(said(await checks.check(small)), [
    "warning :? The document was not checked: the checks were stopped.",
  ]);
});

test("document checks - more than may wait are not checked", async () => {
  await using checks = new DocumentChecks({ clock: systemClock });
  const large = newDocument("openapi", "a.bin", Buffer.alloc(60 * 1024 ** 2));
  const answers = await Promise.all([checks.check(large), checks.check(large), checks.check(large)]);
  assert.match(String(answers[2].findings[0]?.message), /too many others wait/);
  assert.match(String(answers[1].findings[0]?.message), /larger than/);
});

test("document checks - comparisons run there too", async () => {
  await using checks = new DocumentChecks({ clock: systemClock });
  const { verdict } = await checks.compare(small, { ...small, content: Buffer.from("{}") });
  assert.equal(verdict, "unknown");
});
