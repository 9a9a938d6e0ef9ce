import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { KeyedLock } from "../../../src/core/keyed-lock.ts";

test("keyed lock - the same key takes turns in the order of asking, other keys do not wait", async () => {
  const lock = new KeyedLock();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lock.run("a", async () => {
    await gate.promise;
    done.push("first");
  });
  const others = ["second", "third"].map((name) => lock.run("a", async () => void done.push(name)));
  await lock.run("b", async () => void done.push("b"));
  deepEqual(done, ["b"]);
  equal(lock.has("a"), true);
  gate.resolve();
  await Promise.all([first, ...others]);
  deepEqual(done, ["b", "first", "second", "third"]);
  equal(lock.has("a"), false, "nothing is kept of what is over");
});

test("keyed lock - a failure is its own: the next one runs all the same", async () => {
  const lock = new KeyedLock();
  const failing = lock.run("a", () => Promise.reject(new Error("no")));
  const next = lock.run("a", () => Promise.resolve(1));
  await rejects(failing, /no/);
  equal(await next, 1);
});
