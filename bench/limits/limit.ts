import type { Line } from "../line.ts";

/** What one figure of a full run must reach. */
export interface Limit {
  readonly name: string;
  readonly comparison: "at least" | "at most" | "below" | "exactly";
  readonly bound: number;
  /** Behind both numbers, such as ` ms`. */
  readonly unit: string;
  /** Holds on any machine, however busy: a short run fails on it too. */
  readonly exact?: boolean;
  /** Finds the figure among the lines of a run; undefined where its case was not part of it. */
  readonly measured: (lines: readonly Line[]) => number | undefined;
}

export function isKept({ comparison, bound }: Limit, measured: number): boolean {
  switch (comparison) {
    case "at least":
      return measured >= bound;
    case "at most":
      return measured <= bound;
    case "below":
      return measured < bound;
    case "exactly":
      return measured === bound;
  }
}
