import { appendFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { shown, type Line } from "./line.ts";
import type { Provenance } from "./provenance.ts";

/** Figures in the order of their columns. A new one goes to the end, and rows from before leave it empty. */
const FIGURES = [
  "rps",
  "p50_us",
  "p99_us",
  "cpu_us_per_request",
  "rss_mib",
  "failed",
  "ratio_nginx",
  "cpu_ratio_nginx",
  "p99_ratio_nginx",
  "other_load",
  "rss_growth_mib",
  "seconds",
  "milliseconds",
  "token_requests",
  "calls",
  "median_us",
  "ratio_1x1",
  "ratio_node",
  "cpu_ratio_node",
  "revoked_us",
  "per_s",
  "per_cpu_s",
  "hit_us",
  "miss_us",
  "heap_mib",
  "added_us",
  "first_byte_ms",
  "held_ms",
  "cpu_ratio_one",
  "largest_share",
] as const;

export const historyFile = fileURLToPath(new URL("history.csv", import.meta.url));
export const historyHeader = `date,commit,node,cpu,contender,case,concurrency,${FIGURES.join(",")}`;

/** Throws where rows of now would not fit below the file's header: better before the run than after it. */
export function checkHistory(file: string): void {
  const [header = ""] = readFileSync(file, "utf8").split("\n", 1);
  if (header !== historyHeader) {
    throw new Error(`the header of ${file} is not what this version writes: ${historyHeader}`);
  }
}

export function keepHistory(file: string, rows: readonly string[]): void {
  appendFileSync(file, rows.map((row) => `${row}\n`).join(""));
}

/** One row for each line. A figure without a column is a mistake in the benchmark. */
export function historyRows(origin: Provenance, lines: readonly Line[]): string[] {
  const { date, commit, node, cpu } = origin;
  return lines.map((line) => [date, commit, node, cpu, ...cells(line)].join(","));
}

function cells({ contender, case: name, concurrency, figures }: Line): string[] {
  for (const figure of Object.keys(figures)) {
    if (!FIGURES.some((known) => known === figure)) throw new Error(`history.csv has no column ${figure}`);
  }
  const values = FIGURES.map((figure) => {
    const value = figures[figure];
    return value === undefined ? "" : shown(value);
  });
  return [contender, name, String(concurrency ?? ""), ...values];
}
