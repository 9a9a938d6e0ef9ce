import { shown, type Line } from "../line.ts";
import { isKept, type Limit } from "./limit.ts";

export interface Verdict {
  readonly limit: Limit;
  /** Undefined where the run measured nothing that shows it. */
  readonly measured: number | undefined;
  readonly kept: boolean;
}

/** Every limit; one that was not measured is not kept. */
export function judge(limits: readonly Limit[], lines: readonly Line[]): Verdict[] {
  return limits.map((limit) => {
    const measured = limit.measured(lines);
    return { limit, measured, kept: measured !== undefined && isKept(limit, measured) };
  });
}

/** A table with one row for each limit. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const rows = [
    ["limit", "target", "measured", ""],
    ...verdicts.map(({ limit, measured, kept }) => [
      limit.name,
      `${limit.comparison} ${limit.bound}${limit.unit}`,
      measured === undefined ? "not measured" : `${shown(measured)}${limit.unit}`,
      kept ? "ok" : "MISSED",
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return rows.map((row) => padded(row).join("  ").trimEnd()).join("\n");
}
