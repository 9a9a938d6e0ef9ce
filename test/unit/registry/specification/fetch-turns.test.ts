import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { FetchTurns } from "../../../../src/registry/specification/fetch-turns.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

const PATIENCE = 1000;

/** Works that end when they are told to; which of them run is in `running`. */
function scene(most: number) {
  const clock = new FakeClock();
  const turns = new FetchTurns({ most, clock });
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (owner: string, name: string) =>
    turns.run(owner, PATIENCE, async () => {
      running.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      running.splice(running.indexOf(name), 1);
      return name;
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await clock.advance(0);
  };
  return { clock, running, start, end };
}

test("fetch turns - one owner has half of them, and others come before its next", async () => {
  const { clock, running, start, end } = scene(4);
  const works = ["a1", "a2", "a3", "b1", "c1", "b2"].map((name) => start(name.slice(0, 1), name));
  await clock.advance(0);
  deepEqual(running, ["a1", "a2", "b1", "c1"]);
  await end("b1");
  deepEqual(running, ["a1", "a2", "c1", "b2"]);
  await end("a2");
  deepEqual(running, ["a1", "c1", "b2", "a3"]);
  for (const name of ["a1", "c1", "b2", "a3"]) await end(name);
  deepEqual(
    (await Promise.all(works)).map((one) => one?.result),
    ["a1", "a2", "a3", "b1", "c1", "b2"],
  );
  equal(clock.timers, 0);
});

test("fetch turns - who has waited long enough goes without, and takes no turn", async () => {
  const { clock, running, start, end } = scene(1);
  const first = start("a", "a1");
  const impatient = start("b", "b1");
  await clock.advance(PATIENCE / 2);
  const later = start("b", "b2");
  await clock.advance(PATIENCE / 2);
  equal(await impatient, undefined);
  await end("a1");
  deepEqual(running, ["b2"]);
  await clock.advance(PATIENCE * 2);
  await end("b2");
  deepEqual([(await first)?.result, (await later)?.result], ["a1", "b2"]);
  equal(clock.timers, 0);
});

test("fetch turns - a work that fails gives its turn on", async () => {
  const turns = new FetchTurns({ most: 1, clock: new FakeClock() });
  const failing = turns.run("a", PATIENCE, () => Promise.reject(new Error("broken")));
  const next = turns.run("a", PATIENCE, () => Promise.resolve("done"));
  await failing.catch(() => {});
  deepEqual(await next, { result: "done" });
});
