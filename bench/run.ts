import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { cases } from "./cases.ts";
import { checkHistory, historyFile, historyRows, keepHistory } from "./history.ts";
import { formatLine } from "./line.ts";
import { readOptions, usage, type BenchOptions } from "./options.ts";
import { provenance } from "./provenance.ts";
import { build, sourceProgram } from "./processes/build.ts";
import { installed } from "./processes/installed.ts";
import { coldToken } from "./suites/cold-token.ts";
import { headroom } from "./suites/headroom.ts";
import { ingress } from "./suites/ingress.ts";
import { idle, largeEstateSuite } from "./suites/large-estate.ts";
import { pipeline } from "./suites/pipeline.ts";
import { propagation } from "./suites/propagation.ts";
import { streamingMemory } from "./suites/streaming-memory.ts";
import { throughput } from "./suites/throughput.ts";
import { startQuickTarget } from "./targets/quick-target.ts";
import { startSink } from "./targets/start-sink.ts";

interface Suite {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  readonly inSmoke: boolean;
}

/** Each runs on its own too: `--case memory`. */
const suites: readonly Suite[] = [
  { name: "target", run: headroom, inSmoke: false },
  { name: "pipeline", run: pipeline, inSmoke: true },
  { name: "memory", run: streamingMemory, inSmoke: true },
  { name: "idle", run: idle, inSmoke: false },
  { name: "cold-token", run: coldToken, inSmoke: true },
  { name: "propagation", run: propagation, inSmoke: true },
  { name: "ingress", run: ingress, inSmoke: true },
  { name: "estate", run: largeEstateSuite, inSmoke: false },
];

async function main(options: BenchOptions): Promise<void> {
  const nginx = installed("nginx");
  if (nginx === undefined || installed("wrk") === undefined) {
    console.log("bench: nginx and wrk are not installed; nothing was measured");
    return;
  }
  if (options.keepHistory) checkHistory(historyFile);
  const origin = provenance(new Date());
  const program = options.source ? sourceProgram() : build();
  const rows: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), "appconn-bench-"));
  // Also where a signal ends the run.
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  await using target = await startQuickTarget({ directory, nginx, core: options.loadCore });
  await using sink = await startSink(options.loadCore);
  const bench: Bench = {
    options,
    programs: { nginx, haproxy: installed("haproxy") },
    surroundings: {
      directory,
      program,
      targetPort: target.port,
      sinkPort: sink.port,
      proxyCore: options.proxyCore,
    },
    report(line) {
      rows.push(...historyRows(origin, [line]));
      console.log(formatLine(line));
    },
    complain(problem) {
      console.error(`bench: ${problem}`);
      process.exitCode = 1;
    },
  };
  await throughput(bench);
  for (const suite of suites) if (isWanted(suite, options)) await suite.run(bench);
  if (options.keepHistory) keepHistory(historyFile, rows);
}

function isWanted(suite: Suite, { only, smoke }: BenchOptions): boolean {
  return only.length > 0 ? only.includes(suite.name) : suite.inSmoke || !smoke;
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

const options = readOptions(process.argv.slice(2));
if (options) {
  checkNames(options);
  await main(options);
} else {
  console.log(usage);
}
