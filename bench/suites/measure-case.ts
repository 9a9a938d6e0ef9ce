import type { Bench } from "../bench.ts";
import type { Case } from "../cases.ts";
import type { Contender } from "../contenders/contender.ts";
import { applyLoad, type LoadResult } from "../load/wrk.ts";
import type { Line } from "../line.ts";
import { median } from "../statistics.ts";

export interface Measurement {
  readonly row: Case;
  readonly connections: number;
  readonly contenders: readonly Contender[];
}

interface Round extends LoadResult {
  readonly cpuMicroseconds: number;
}

interface Summary {
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly residentMebibytes: number;
  readonly failed: number;
}

/** Contenders take turns, so that what else the machine does meets them all alike. */
export async function measureCase(bench: Bench, measurement: Measurement): Promise<void> {
  const { row, connections, contenders } = measurement;
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (let round = bench.options.smoke ? 1 : 0; round <= bench.options.rounds; round++) {
    for (const [contender, results] of rounds) {
      // Round 0 warms up: connections, caches, compiled code.
      const seconds =
        round === 0 ? 1 : Math.max(1, Math.floor(bench.options.duration / bench.options.rounds));
      const result = await runOnce(bench, { row, contender, connections, seconds });
      if (round > 0) results.push(result);
    }
  }
  const summaries = [...rounds].map(([contender, results]) => summarise(contender, results));
  const nginx = summaries[contenders.findIndex(({ name }) => name === "nginx")];
  contenders.forEach((contender, index) => {
    const summary = summaries[index];
    if (!summary) return;
    bench.report(line({ contender, row, connections, summary, nginx }));
    if (contender.name === "gateway" && summary.failed > 0) {
      bench.complain(`${summary.failed} calls failed in case ${row.name} at ${connections} connections`);
    }
  });
}

interface Run {
  readonly row: Case;
  readonly contender: Contender;
  readonly connections: number;
  readonly seconds: number;
}

async function runOnce(bench: Bench, { row, contender, connections, seconds }: Run): Promise<Round> {
  const origin = row.listener === "compass" ? contender.compassOrigin : contender.origin;
  const before = contender.usage();
  const result = await applyLoad({
    url: `${origin}${row.path}`,
    connections,
    seconds,
    core: bench.options.loadCore,
    method: row.method,
    bodyBytes: row.bodyBytes,
    estate: row.estate,
  });
  return { ...result, cpuMicroseconds: contender.usage().cpuMicroseconds - before.cpuMicroseconds };
}

function summarise(contender: Contender, rounds: readonly Round[]): Summary {
  const sum = (pick: (round: Round) => number) => rounds.reduce((total, round) => total + pick(round), 0);
  const requests = sum((round) => round.requests);
  return {
    rps: requests / (sum((round) => round.microseconds) / 1e6),
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
    cpu: sum((round) => round.cpuMicroseconds) / requests,
    residentMebibytes: contender.usage().residentMebibytes,
    failed: sum((round) => round.failed + round.refused),
  };
}

interface Row {
  readonly contender: Contender;
  readonly row: Case;
  readonly connections: number;
  readonly summary: Summary;
  readonly nginx: Summary | undefined;
}

function line({ contender, row, connections, summary, nginx }: Row): Line {
  const compared = contender.name === "nginx" ? undefined : nginx;
  return {
    contender: contender.name,
    case: row.name,
    concurrency: connections,
    figures: {
      rps: summary.rps,
      p50_us: summary.p50,
      p99_us: summary.p99,
      cpu_us_per_request: summary.cpu,
      rss_mib: summary.residentMebibytes,
      failed: summary.failed,
      ratio_nginx: compared && summary.rps / compared.rps,
      cpu_ratio_nginx: compared && summary.cpu / compared.cpu,
      p99_ratio_nginx: compared && summary.p99 / compared.p99,
    },
  };
}
