import type { Bench } from "../bench.ts";
import type { Case } from "../cases.ts";
import type { Contender } from "../contenders/contender.ts";
import { applyLoad } from "../load/wrk.ts";
import type { Line } from "../line.ts";
import { coreMicroseconds } from "../processes/core-time.ts";
import { FIRST_WARM_UP, roundSeconds, warmUpSeconds } from "../schedule.ts";
import { average, median } from "../statistics.ts";

export interface Measurement {
  readonly row: Case;
  readonly connections: number;
  readonly contenders: readonly Contender[];
}

/** One run of wrk against one contender. */
interface Round {
  readonly rps: number;
  /** Microseconds of processor time per request. */
  readonly cpu: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** Share of the proxy's core that others had meanwhile; undefined where nothing is pinned. */
  readonly otherLoad: number | undefined;
}

/** Those that have had load before. */
const warmed = new WeakSet<Contender>();

/** Contenders take turns, so that what else the machine does meets them all alike. */
export async function measureCase(bench: Bench, measurement: Measurement): Promise<void> {
  const { row, connections, contenders } = measurement;
  const { options, progress } = bench;
  progress.step(`${row.name} c=${connections}`);
  const results = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  const warmUp = warmUpSeconds(options);
  for (const contender of warmUp === 0 ? [] : contenders) {
    progress.detail(`${contender.name} warms up`);
    const runs = warmed.has(contender) ? [warmUp] : FIRST_WARM_UP;
    warmed.add(contender);
    for (const seconds of runs) await runOnce(bench, { row, contender, connections, seconds });
  }
  for (let round = 1; round <= options.rounds; round++) {
    // To and fro, so that a machine that grows slower or faster favours nobody.
    for (const [contender, kept] of round % 2 === 1 ? results : [...results].toReversed()) {
      progress.detail(`round ${round} of ${options.rounds}, ${contender.name}`);
      kept.push(await runOnce(bench, { row, contender, connections, seconds: roundSeconds(row, options) }));
    }
  }
  const nginx = [...results].find(([contender]) => contender.name === "nginx")?.[1];
  for (const [contender, kept] of results) {
    const compared = contender.name === "nginx" ? undefined : nginx;
    const line = summarise(contender, kept, compared);
    bench.report({ ...line, case: row.name, concurrency: connections });
    const { failed = 0 } = line.figures;
    if (contender.name === "gateway" && failed > 0) {
      bench.complain(`${failed} calls failed in case ${row.name} at ${connections} connections`);
    }
  }
}

interface Run {
  readonly row: Case;
  readonly contender: Contender;
  readonly connections: number;
  readonly seconds: number;
}

async function runOnce(bench: Bench, { row, contender, connections, seconds }: Run): Promise<Round> {
  const origin = row.listener === "compass" ? contender.compassOrigin : contender.origin;
  const core = bench.options.proxyCore;
  const busy = () => (core === undefined ? undefined : coreMicroseconds(core));
  const begin = performance.now();
  const busyBefore = busy();
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
  const cpuMicroseconds = contender.usage().cpuMicroseconds - before.cpuMicroseconds;
  const busyAfter = busy();
  const microseconds = (performance.now() - begin) * 1000;
  return {
    rps: result.requests / (result.microseconds / 1e6),
    cpu: cpuMicroseconds / Math.max(1, result.requests),
    p50: result.p50,
    p99: result.p99,
    failed: result.failed + result.refused,
    otherLoad:
      busyBefore === undefined || busyAfter === undefined
        ? undefined
        : Math.max(0, (busyAfter - busyBefore - cpuMicroseconds) / microseconds),
  };
}

function summarise(
  contender: Contender,
  rounds: readonly Round[],
  nginx: readonly Round[] | undefined,
): Pick<Line, "contender" | "figures"> {
  const middle = (pick: (round: Round) => number) => median(rounds.map(pick));
  // Round by round against the neighbour in time, so that a busy moment of the machine meets both.
  const ratio = (pick: (round: Round) => number) =>
    nginx && median(rounds.map((round, index) => pick(round) / pick(nginx[index] ?? round)));
  return {
    contender: contender.name,
    figures: {
      rps: middle((round) => round.rps),
      p50_us: middle((round) => round.p50),
      p99_us: middle((round) => round.p99),
      cpu_us_per_request: middle((round) => round.cpu),
      rss_mib: contender.usage().residentMebibytes,
      failed: rounds.reduce((total, round) => total + round.failed, 0),
      ratio_nginx: ratio((round) => round.rps),
      cpu_ratio_nginx: ratio((round) => round.cpu),
      p99_ratio_nginx: ratio((round) => round.p99),
      other_load: average(rounds.flatMap(({ otherLoad }) => otherLoad ?? [])),
    },
  };
}
