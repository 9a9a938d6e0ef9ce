import type { CountPerTime } from "../../core/resources/api-settings/value-parsers.ts";

/** Which of several processes this is that serve the same APIs on one machine. */
export interface LimitPart {
  /** From 1 on. */
  readonly number: number;
  readonly of: number;
}

export const WHOLE: LimitPart = { number: 1, of: 1 };

/** The parts of all processes together are the whole rate. */
export function partOfRate({ count, time }: CountPerTime, { of }: LimitPart): CountPerTime {
  // Less than one call in a time would let none through at all.
  return count >= of ? { count: count / of, time } : { count: 1, time: (time * of) / count };
}

/** The parts are the whole where that is at least one for each process: with none it would refuse every call. */
export function partOfCount(count: number, { number, of }: LimitPart): number {
  const rest = number <= count % of ? 1 : 0;
  return Math.max(1, Math.floor(count / of) + rest);
}
