import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSink } from "../../../src/telemetry/line-sink.ts";
import type { Outlet } from "../../../src/telemetry/outlet.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

/** An outlet that answers each write when the test says so. */
class HeldOutlet implements Outlet {
  readonly name = "held";
  readonly recovers: boolean;
  readonly written: string[] = [];
  readonly events: string[] = [];
  #pending: { chunk: Buffer; done: (error: Error | undefined, written: number) => void } | undefined;

  constructor(recovers = true) {
    this.recovers = recovers;
  }

  get busy(): boolean {
    return this.#pending !== undefined;
  }

  write(chunk: Buffer, done: (error: Error | undefined, written: number) => void): void {
    assert.equal(this.#pending, undefined, "written to twice at once");
    this.#pending = { chunk, done };
  }

  writeNow(chunk: Buffer): void {
    this.events.push(`now ${chunk.toString()}`);
  }

  reopen(): void {
    assert.equal(this.#pending, undefined, "reopened during a write");
    this.events.push("reopen");
  }

  close(): void {
    assert.equal(this.#pending, undefined, "closed during a write");
    this.events.push("close");
  }

  /** The write that waits takes all, or its first bytes and then fails. */
  answer(error?: Error, taken?: number): void {
    const pending = this.#pending;
    assert.ok(pending, "nothing is being written");
    this.#pending = undefined;
    const length = taken ?? (error ? 0 : pending.chunk.length);
    this.written.push(pending.chunk.subarray(0, length).toString());
    pending.done(error, length);
  }
}

function aSink(outlet = new HeldOutlet()) {
  const clock = new FakeClock();
  const troubles: (string | undefined)[] = [];
  const onTrouble = (error: Error | undefined) => void troubles.push(error?.message);
  const sink = new LineSink(outlet, { flushInterval: 100, clock, onTrouble });
  return { sink, outlet, clock, troubles };
}

test("line sink - lines wait for others and are written in one piece after the flush interval", async () => {
  const { sink, outlet, clock } = aSink();
  sink.write("one\n");
  await clock.advance(50);
  sink.write("two\n");
  assert.equal(outlet.busy, false);
  await clock.advance(50);
  outlet.answer();
  assert.deepEqual(outlet.written, ["one\ntwo\n"]);
});

test("line sink - an urgent line takes along what waits", () => {
  const { sink, outlet } = aSink();
  sink.write("one\n");
  sink.write("two\n", true);
  outlet.answer();
  assert.deepEqual(outlet.written, ["one\ntwo\n"]);
});

test("line sink - many lines are written before the interval ends", () => {
  const { sink, outlet } = aSink();
  const line = `${"x".repeat(999)}\n`;
  for (let count = 0; count < 132; count++) sink.write(line);
  assert.ok(outlet.busy);
});

test("line sink - lines that come during a write follow it in order", async () => {
  const { sink, outlet, clock } = aSink();
  sink.write("one\n", true);
  sink.write("two\n", true);
  sink.write("three\n");
  outlet.answer();
  await clock.advance(100);
  outlet.answer();
  assert.deepEqual(outlet.written, ["one\n", "two\nthree\n"]);
});

test("line sink - an outlet that takes nothing costs bounded memory, and the lost lines are counted", () => {
  const { sink, outlet } = aSink();
  sink.write("first\n", true);
  const line = `${"x".repeat(1023)}\n`;
  for (let count = 0; count < 10_000; count++) sink.write(line);
  assert.equal(sink.dropped, 10_000 - 4096);
  outlet.answer();
  outlet.answer();
  assert.equal(outlet.written[1]?.length, 4096 * 1024);
});

test("line sink - a full disk is told once, tried again, and no line is lost or doubled", async () => {
  const { sink, outlet, clock, troubles } = aSink();
  sink.write("one\ntwo\n", true);
  outlet.answer(new Error("ENOSPC"), 5);
  sink.write("three\n");
  await clock.advance(1000);
  outlet.answer(new Error("ENOSPC"), 0);
  await clock.advance(1000);
  outlet.answer();
  await clock.advance(100);
  outlet.answer();
  assert.equal(outlet.written.join(""), "one\ntwo\nthree\n");
  assert.deepEqual(troubles, ["ENOSPC", undefined]);
  assert.equal(sink.dropped, 0);
});

test("line sink - after the reader of a pipe has gone every line is counted as lost", () => {
  const { sink, outlet, troubles } = aSink(new HeldOutlet(false));
  sink.write("one\n", true);
  sink.write("two\n");
  outlet.answer(new Error("EPIPE"));
  sink.write("three\n", true);
  assert.equal(outlet.busy, false);
  assert.equal(sink.dropped, 3);
  assert.deepEqual(troubles, ["EPIPE"]);
});

test("line sink - a file is reopened between two writes", () => {
  const { sink, outlet } = aSink();
  sink.write("old\n", true);
  sink.reopen();
  assert.deepEqual(outlet.events, []);
  sink.write("new\n", true);
  outlet.answer();
  assert.deepEqual(outlet.events, ["reopen"]);
});

test("line sink - closing writes what waits, then closes the outlet", async () => {
  const { sink, outlet } = aSink();
  sink.write("one\n", true);
  sink.write("two\n");
  const closed = sink.close(1000);
  outlet.answer();
  outlet.answer();
  await closed;
  assert.deepEqual(outlet.written, ["one\n", "two\n"]);
  assert.deepEqual(outlet.events, ["close"]);
  sink.write("three\n");
  assert.equal(sink.dropped, 1);
});

test("line sink - closing gives up an outlet that hangs after its patience", async () => {
  const { sink, outlet, clock } = aSink();
  sink.write("one\n", true);
  sink.write("two\n");
  const closed = sink.close(1000);
  await clock.advance(1000);
  await closed;
  assert.deepEqual(outlet.events, []);
  assert.equal(sink.dropped, 2);
  outlet.answer();
  assert.deepEqual(outlet.events, ["close"]);
});

test("line sink - at exit what waits is written at once, after what is being written", () => {
  const { sink, outlet } = aSink();
  sink.write("one\n", true);
  sink.write("two\n");
  sink.flushNow();
  sink.flushNow();
  assert.deepEqual(outlet.events, ["now two\n"]);
});
