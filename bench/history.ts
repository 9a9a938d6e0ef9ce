import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { shown, type Line } from "./line.ts";

const FILE = fileURLToPath(new URL("history.csv", import.meta.url));

/** Columns in their order; a figure that is not among them is a mistake in the benchmark. */
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
  "rss_growth_mib",
  "seconds",
  "milliseconds",
  "token_requests",
  "calls",
  "median_us",
] as const;

/** Appends the lines of one run, with the date and the commit that was measured. */
export function keepHistory(lines: readonly Line[], now: Date): void {
  if (!existsSync(FILE)) {
    writeFileSync(FILE, `date,commit,node,contender,case,concurrency,${FIGURES.join(",")}\n`);
  }
  const measured = [now.toISOString().slice(0, 19) + "Z", commit(), process.version];
  appendFileSync(FILE, lines.map((line) => `${[...measured, ...cells(line)].join(",")}\n`).join(""));
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

/** With a plus sign where the sources differ from the commit. */
function commit(): string {
  return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--", "src") === "" ? "" : "+"}`;
}

function git(...parameters: string[]): string {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  return spawnSync("git", parameters, { encoding: "utf8", cwd }).stdout.trim();
}
