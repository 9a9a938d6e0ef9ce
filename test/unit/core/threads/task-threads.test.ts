import assert from "node:assert/strict";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { systemClock } from "../../../../src/core/clock.ts";
import { EndedTask } from "../../../../src/core/threads/ended-task.ts";
import { movedBuffers } from "../../../../src/core/threads/moved-buffers.ts";
import { TaskThreads, type TaskThreadsOptions } from "../../../../src/core/threads/task-threads.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";
import type { TestTask } from "../../../doubles/task-worker.ts";

function open(options: Partial<TaskThreadsOptions> = {}): TaskThreads<TestTask, unknown> {
  return new TaskThreads({
    file: new URL("../../../doubles/task-worker", import.meta.url),
    name: "appconn-test",
    task: "the task",
    limits: { time: 60_000, heap: 32 },
    most: 1,
    idle: 60_000,
    clock: systemClock,
    ...options,
  });
}

const task = (kind: Exclude<TestTask["kind"], "echo">) => () => ({ task: { kind } });
const echo = (text: string) => () => ({ task: { kind: "echo", content: Buffer.from(text) } }) as const;

async function echoed(threads: TaskThreads<TestTask, unknown>, text: string): Promise<void> {
  assert.equal(Buffer.from((await threads.run(echo(text))) as Uint8Array).toString(), text);
}

/** The threads that are started and end meanwhile. */
function watchThreads(): Disposable & { readonly started: number; readonly ended: number } {
  const counts = { started: 0, ended: 0 };
  const note = (worker: Worker) => {
    counts.started++;
    worker.once("exit", () => counts.ended++);
  };
  process.on("worker", note);
  return Object.assign(counts, { [Symbol.dispose]: () => void process.off("worker", note) });
}

test("task threads - each task has its own answer, with no more threads than may be", async () => {
  using watched = watchThreads();
  await using threads = open({ most: 2 });
  await Promise.all(Array.from({ length: 20 }, (_, index) => echoed(threads, `task ${index}`)));
  assert.equal(watched.started, 2);
});

for (const [kind, message] of [
  ["throw", "the task failed: a bug"],
  ["exit", "the task ended unexpectedly"],
  ["eat memory", "the task needed more than 32 MiB"],
] as const) {
  test(`task threads - after a task that ends its thread (${kind}) the next one has another`, async () => {
    await using threads = open();
    const killed = threads.run(task(kind));
    const next = echoed(threads, "next");
    await assert.rejects(killed, new EndedTask(message));
    await next;
  });
}

test("task threads - a task that takes too long is ended, and the next one has another thread", async () => {
  const clock = new FakeClock();
  await using threads = open({ clock, limits: { time: 5_000, heap: 32 } });
  await echoed(threads, "first");
  const killed = assert.rejects(
    threads.run(task("for ever")),
    new EndedTask("the task took longer than 5 s"),
  );
  const next = echoed(threads, "next");
  // It has begun as soon as its limit is set.
  await eventually(() => assert.equal(clock.timers, 1));
  await clock.advance(5_000);
  await killed;
  await next;
});

test("task threads - a task that nobody wants any more gives up its turn, and is never prepared", async () => {
  await using threads = open();
  const first = threads.run(task("nothing"));
  const leaving = new AbortController();
  const left = threads.run(() => assert.fail("it is prepared"), leaving.signal);
  const last = echoed(threads, "last");
  leaving.abort(new Error("gone"));
  await assert.rejects(left, /gone/);
  await Promise.all([first, last]);
  await assert.rejects(
    threads.run(() => assert.fail("it is prepared"), leaving.signal),
    /gone/,
  );
});

test("task threads - without work they end, and work starts them again", async () => {
  const clock = new FakeClock();
  using watched = watchThreads();
  await using threads = open({ clock, idle: 1_000 });
  await echoed(threads, "first");
  await clock.advance(999);
  await echoed(threads, "second");
  assert.deepEqual([watched.started, watched.ended], [1, 0]);
  await clock.advance(1_000);
  await eventually(() => assert.equal(watched.ended, 1));
  await echoed(threads, "third");
  assert.equal(watched.started, 2);
});

test("task threads - closing them ends what runs, what waits and what comes", async () => {
  using watched = watchThreads();
  const threads = open();
  const all = [task("for ever"), task("nothing"), echo("waits")].map((prepare) => threads.run(prepare));
  const rejected = Promise.all(all.map((one) => assert.rejects(one, EndedTask)));
  await threads.close();
  await rejected;
  await assert.rejects(threads.run(echo("late")), new EndedTask("the task was stopped"));
  await eventually(() => assert.equal(watched.ended, watched.started));
});

test("task threads - whole buffers move, and those that others share are copied", () => {
  const whole = Buffer.allocUnsafeSlow(10);
  assert.deepEqual(movedBuffers(whole, undefined, Buffer.from("pooled"), whole, whole.subarray(1)), [
    whole.buffer,
  ]);
});
