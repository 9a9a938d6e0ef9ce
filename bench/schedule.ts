import { cases, type Case } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import type { Suite } from "./suites/suites.ts";

/** What a round costs beyond its load: wrk starts and ends, the process table is read. */
const ROUND_OVERHEAD = 0.3;
/** The build, the targets, and the contenders of the small estate. */
const START = 8;
/**
 * Seconds of load, run by run, before a contender is measured at all: just-in-time compilers take that long to
 * be done. Several runs, because each ends in broken connections, for which hot code is compiled once more.
 */
export const FIRST_WARM_UP: readonly number[] = [4, 3, 3, 3, 2];

/** Connections, caches, compiled code: a round that is thrown away; a smoke run has none. */
export function warmUpSeconds({ smoke }: BenchOptions): number {
  return smoke ? 0 : 1;
}

/** Load on one contender in one round. */
export function roundSeconds({ bodyBytes }: Case, { duration, rounds, smoke }: BenchOptions): number {
  const seconds = Math.max(1, Math.floor(duration / rounds));
  // With hundreds of large bodies on their way at once the first of them is complete after seconds.
  return bodyBytes === undefined || smoke ? seconds : seconds * 3;
}

/** The cases of the small estate, which share their contenders. */
export function wantedCases(options: BenchOptions): Case[] {
  return cases.filter(({ name, estate, inSmoke }) => {
    if (estate !== undefined) return false;
    return options.only.length > 0 ? options.only.includes(name) : inSmoke === true || !options.smoke;
  });
}

export function wantedSuites(suites: readonly Suite[], { only, smoke }: BenchOptions): Suite[] {
  return suites.filter(({ name, smokeSeconds }) =>
    only.length > 0 ? only.includes(name) : smokeSeconds !== undefined || !smoke,
  );
}

/** How long a run will take on a machine that does nothing else. */
export function plannedSeconds(options: BenchOptions, suites: readonly Suite[], contenders: number): number {
  const wanted = wantedSuites(suites, options);
  const loaded = wantedCases(options);
  if (wanted.some(({ name }) => name === "estate")) loaded.push(...cases.filter(({ estate }) => estate));
  const perContender = loaded.map((row) => {
    const warmUp = warmUpSeconds(options);
    const rounds = options.rounds * (roundSeconds(row, options) + ROUND_OVERHEAD);
    return rounds + (warmUp === 0 ? 0 : warmUp + ROUND_OVERHEAD);
  });
  const load = perContender.reduce(sum, 0) * options.concurrency.length * contenders;
  const suitesSeconds = wanted.map(({ seconds, smokeSeconds = seconds }) =>
    options.smoke ? smokeSeconds : seconds,
  );
  const firstWarmUp = options.smoke
    ? 0
    : (FIRST_WARM_UP.reduce(sum, 0) - warmUpSeconds(options)) * contenders;
  return START + firstWarmUp + load + suitesSeconds.reduce(sum, 0);
}

const sum = (one: number, other: number) => one + other;
