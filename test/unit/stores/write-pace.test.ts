import { test } from "node:test";
import { deepEqual, rejects } from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { WritePace } from "../../../src/stores/sqlite/write-pace.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

/** What was begun at which time, by name. */
class Writes {
  readonly clock = new FakeClock();
  readonly pace = new WritePace(this.clock);
  readonly begun: (readonly [string, number])[] = [];

  /** Takes a millisecond, or fails at once. */
  async write(name: string, error?: Error): Promise<void> {
    await this.pace.run(async () => {
      this.begun.push([name, this.clock.monotonic()]);
      if (error) throw error;
      await new Promise<void>((resolve) => this.clock.after(1, resolve));
    });
  }

  /** Until all is done. */
  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    await turn();
  }
}

test("write pace - who writes one thing after the other waits for nothing", async () => {
  const writes = new Writes();
  for (const name of ["a", "b", "c"]) {
    const done = writes.write(name);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await writes.pass(1);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await done;
  }
  deepEqual(writes.begun, [
    ["a", 0],
    ["b", 1],
    ["c", 2],
  ]);
});

test("write pace - while several write, those go together that come within ten milliseconds", async () => {
  const writes = new Writes();
  const all = [writes.write("a"), writes.write("b")];
  await writes.pass(4);
  all.push(writes.write("c"));
  await writes.pass(7);
  all.push(writes.write("d"), writes.write("e"));
  await writes.pass(20);
  await Promise.all(all);
  deepEqual(writes.begun, [
    ["a", 0],
    ["b", 10],
    ["c", 10],
    ["d", 20],
    ["e", 20],
  ]);
});

test("write pace - a write after a rest is begun at once, and nobody waits when it is quiet again", async () => {
  const writes = new Writes();
  const all = [writes.write("a"), writes.write("b")];
  await writes.pass(50);
  all.push(writes.write("c"));
  await writes.pass(4);
  all.push(writes.write("d"));
  await writes.pass(500);
  all.push(writes.write("e"));
  await writes.pass(4);
  all.push(writes.write("f"));
  await writes.pass(1);
  await Promise.all(all);
  deepEqual(writes.begun, [
    ["a", 0],
    ["b", 10],
    ["c", 50],
    ["d", 60],
    ["e", 554],
    ["f", 558],
  ]);
});

test("write pace - a write that fails does not make the next ones wait", async () => {
  const writes = new Writes();
  const failure = new Error("no room");
  for (const name of ["a", "b"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await rejects(writes.write(name, failure), (error) => error === failure);
  }
  deepEqual(writes.begun, [
    ["a", 0],
    ["b", 0],
  ]);
});
