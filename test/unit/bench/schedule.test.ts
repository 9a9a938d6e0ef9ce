import assert from "node:assert/strict";
import { test } from "node:test";
import { cases } from "../../../bench/cases.ts";
import { readOptions, type BenchOptions } from "../../../bench/options.ts";
import { plannedSeconds, roundSeconds, wantedCases, wantedSuites } from "../../../bench/schedule.ts";
import { suites } from "../../../bench/suites/suites.ts";

/** The gateway, nginx and HAProxy. */
const CONTENDERS = 3;

function options(...parameters: string[]): BenchOptions {
  const read = readOptions(parameters);
  assert.ok(read);
  return read;
}

const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name);

test("schedule - all of it takes about 28 minutes, a smoke run about one", () => {
  const full = plannedSeconds(options(), suites, CONTENDERS);
  const smoke = plannedSeconds(options("--smoke"), suites, CONTENDERS);
  assert.ok(full > 10 * 60 && full <= 29 * 60, `${full} s`);
  assert.ok(smoke > 10 && smoke <= 65, `${smoke} s`);
});

test("schedule - a run without options takes every case and suite at 1, 64 and 512 connections", () => {
  const all = options();
  const known = new Set([...names(wantedCases(all)), ...names(wantedSuites(suites, all))]);
  assert.deepEqual(
    names(cases).filter((name) => !known.has(name)),
    [],
  );
  assert.deepEqual(names(wantedSuites(suites, all)), names(suites));
  assert.deepEqual(all.concurrency, [1, 64, 512]);
  assert.equal(all.keepHistory, true);
});

test("schedule - one case can be chosen with its connections and rounds, and makes no history", () => {
  const one = options("--case", "basic", "--concurrency", "64", "--rounds", "5");
  assert.deepEqual(names(wantedCases(one)), ["basic"]);
  assert.deepEqual(wantedSuites(suites, one), []);
  assert.deepEqual([one.concurrency, one.rounds, one.keepHistory], [[64], 5, false]);
  // Of which three times fifteen seconds warm the contenders up.
  assert.ok(plannedSeconds(one, suites, CONTENDERS) < 120);
});

test("schedule - the time of a case is shared among its rounds, large bodies get more", () => {
  const given = options("--duration", "12", "--rounds", "4");
  const [small, large] = [false, true].map((isLarge) =>
    cases.find((row) => (row.bodyBytes ?? 0) > 0 === isLarge),
  );
  assert.ok(small && large);
  assert.equal(roundSeconds(small, given), 3);
  assert.equal(roundSeconds(large, given), 9);
});

test("schedule - a smoke run makes no history, and each of its suites and cases is a real one", () => {
  const smoke = options("--smoke");
  assert.equal(smoke.keepHistory, false);
  assert.deepEqual(names(wantedCases(smoke)), ["basic", "oauth", "post1m", "compass"]);
  assert.ok(names(wantedSuites(suites, smoke)).includes("cold-token"));
});
