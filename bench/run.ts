import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { cases } from "./cases.ts";
import { checkHistory, historyFile, historyRows, keepHistory } from "./history.ts";
import { conclude } from "./limits/conclusion.ts";
import { formatLine, type Line } from "./line.ts";
import { readOptions, usage, type BenchOptions } from "./options.ts";
import { build, sourceProgram } from "./processes/build.ts";
import { installed } from "./processes/installed.ts";
import { Progress } from "./progress.ts";
import { provenance } from "./provenance.ts";
import { plannedSeconds, wantedSuites } from "./schedule.ts";
import { suites } from "./suites/suites.ts";
import { throughput } from "./suites/throughput.ts";
import { startQuickTarget } from "./targets/quick-target.ts";
import { startSink } from "./targets/start-sink.ts";

async function main(options: BenchOptions): Promise<void> {
  const nginx = installed("nginx");
  if (nginx === undefined || installed("wrk") === undefined) {
    console.error("bench: nginx and wrk are needed, and are not both installed; nothing was measured");
    process.exitCode = 1;
    return;
  }
  if (options.keepHistory) checkHistory(historyFile);
  const origin = provenance(new Date());
  const program = options.source ? sourceProgram() : build();
  const haproxy = installed("haproxy");
  const contenders = haproxy === undefined ? 2 : 3;
  const progress = new Progress(process.stderr, plannedSeconds(options, suites, contenders));
  const lines: Line[] = [];
  const rows: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), "appconn-bench-"));
  // Also where a signal ends the run.
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  await using target = await startQuickTarget({ directory, nginx, core: options.loadCore });
  await using sink = await startSink(options.loadCore);
  const bench: Bench = {
    options,
    programs: { nginx, haproxy },
    surroundings: {
      directory,
      program,
      targetPort: target.port,
      sinkPort: sink.port,
      proxyCore: options.proxyCore,
    },
    progress,
    report(line) {
      lines.push(line);
      rows.push(...historyRows(origin, [line]));
      progress.clear();
      console.log(formatLine(line));
    },
    complain(problem) {
      progress.clear();
      console.error(`bench: ${problem}`);
      process.exitCode = 1;
    },
  };
  await throughput(bench);
  for (const suite of wantedSuites(suites, options)) {
    progress.step(suite.name);
    await suite.run(bench);
  }
  progress.clear();
  if (options.keepHistory) keepHistory(historyFile, rows);
  const { text, missed } = conclude(lines, options);
  console.log(`\n${text}`);
  if (missed > 0) process.exitCode = 1;
}

/** Undefined where the command line was wrong, which has been told then. */
function checkedOptions(): BenchOptions | "help" | undefined {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read) checkNames(read);
    return read ?? "help";
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
    return undefined;
  }
}

function checkNames({ only }: BenchOptions): void {
  const known = new Set([...cases, ...suites].map(({ name }) => name));
  const unknown = only.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(`there is no case ${unknown.join(", ")}; there are ${[...known].join(", ")}`);
  }
}

// Children are stopped by `exit` listeners: none outlives the run, and no temporary file does.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

const options = checkedOptions();
if (options === "help") console.log(usage);
else if (options) await main(options);
