import { parseDuration } from "../../duration.ts";

const LONGEST = 24 * 60 * 60 * 1000;

/** A duration from 1 ms to a day, in milliseconds: 0 would end every call, and what never ends is no time-out. */
export function parseTime(written: string): number | undefined {
  const time = parseDuration(written);
  return time !== undefined && time >= 1 && time <= LONGEST ? time : undefined;
}

export function parseWord<const Word extends string>(words: readonly Word[]) {
  return (written: string): Word | undefined => words.find((word) => word === written);
}

export function parseFlag(written: string): boolean | undefined {
  if (written === "true") return true;
  return written === "false" ? false : undefined;
}

export function parseNumber(minimum: number, maximum: number) {
  return (written: string): number | undefined => {
    const value = /^\d{1,9}$/.test(written) ? Number(written) : Number.NaN;
    return value >= minimum && value <= maximum ? value : undefined;
  };
}

/** Items between commas or line breaks, at least one, each of which `accepts` knows. */
export function parseItems<Item extends string>(
  accepts: (item: string) => item is Item,
): (written: string) => readonly Item[] | undefined {
  return (written) => {
    const items = written.split(/[,\n]/).map((item) => item.trim());
    // An empty list would allow, or repeat, nothing: whoever means that leaves the annotation away or says so.
    return items.every(accepts) ? Object.freeze(items) : undefined;
  };
}

/** How many in which time. */
export interface CountPerTime {
  readonly count: number;
  /** Milliseconds. */
  readonly time: number;
}

/** `5/30s`; `100/s` is short for `100/1s`. */
export function parseCountPerTime(written: string): CountPerTime | undefined {
  const [, count = "", time = ""] = /^(\d{1,9})\/(.+)$/.exec(written) ?? [];
  const milliseconds = parseTime(/^(ms|s|m|h|d)$/.test(time) ? `1${time}` : time);
  if (milliseconds === undefined || Number(count) < 1) return undefined;
  return Object.freeze({ count: Number(count), time: milliseconds });
}
