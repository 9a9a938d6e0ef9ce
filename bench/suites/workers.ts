import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret } from "../estate/resources.ts";
import { applyLoad } from "../load/wrk.ts";
import { median } from "../statistics.ts";
import { holdWebSockets } from "./web-sockets.ts";
import { workerChanges } from "./worker-changes.ts";

const CONNECTIONS = 64;
const WORKERS = 2;

/** Compilers take so long to be done, in each of the processes. Seconds. */
const WARM_UP = 6;

/** The same program costs a tenth more or less from one start to the next, by how its compilers have decided. */
const STARTS = 3;

/** One round of load on one server. */
interface Round {
  readonly rps: number;
  /** Microseconds of processor time per call, of all its processes. */
  readonly cpu: number;
  readonly failed: number;
}

interface Comparison {
  readonly rounds: readonly { readonly one: Round; readonly two: Round }[];
  /** Of the calls that the two workers served, what the busier one did. */
  readonly largestShare: number;
}

/** What it costs to serve by two processes instead of one, how they share the calls, how soon all have a change, and how large they are. */
export async function workers(bench: Bench): Promise<void> {
  await compare(bench);
  await workerChanges(bench, { name: "changed-secret-two-workers", workers: WORKERS });
  await holdWebSockets(bench, { name: "web-sockets-two-workers", workers: WORKERS });
}

async function compare(bench: Bench): Promise<void> {
  const { smoke } = bench.options;
  const seen: Comparison[] = [];
  for (let number = 1; number <= (smoke ? 1 : STARTS); number++) seen.push(await compareOnce(bench, number));
  const rounds = seen.flatMap((comparison) => comparison.rounds);
  const middle = (pick: (round: Round) => number, which: "one" | "two") =>
    median(rounds.map((round) => pick(round[which])));
  const failed = (which: "one" | "two") => rounds.reduce((sum, round) => sum + round[which].failed, 0);
  const line = (which: "one" | "two") => ({
    rps: middle(({ rps }) => rps, which),
    cpu_us_per_request: middle(({ cpu }) => cpu, which),
    failed: failed(which),
  });
  const ratio = median(rounds.map(({ one, two }) => two.cpu / one.cpu));
  const share = Math.max(...seen.map(({ largestShare }) => largestShare));
  bench.report({ contender: "gateway", case: "one-worker", concurrency: CONNECTIONS, figures: line("one") });
  const figures = { ...line("two"), cpu_ratio_one: ratio, largest_share: share };
  bench.report({ contender: "gateway", case: "two-workers", concurrency: CONNECTIONS, figures });
  if (failed("one") + failed("two") > 0) bench.complain("workers: calls failed");
}

async function compareOnce(bench: Bench, number: number): Promise<Comparison> {
  const { options } = bench;
  await using alone = await start(bench, `one-worker-${number}`, 1);
  await using together = await start(bench, `two-workers-${number}`, WORKERS);
  const seconds = options.smoke ? 1 : Math.max(2, Math.floor(options.duration / options.rounds));
  if (!options.smoke) for (const gateway of [alone, together]) await load(gateway, WARM_UP);
  const rounds: Comparison["rounds"][number][] = [];
  const before = await callsByWorker(together);
  for (let round = 0; round < (options.smoke ? 1 : options.rounds); round++) {
    // Neighbours in time, so that a busy moment of the machine meets both.
    const one = await load(alone, seconds);
    rounds.push({ one, two: await load(together, seconds) });
  }
  const calls = (await callsByWorker(together)).map((count, index) => count - (before[index] ?? 0));
  return { rounds, largestShare: Math.max(...calls) / calls.reduce((sum, count) => sum + count, 0) };
}

function start({ surroundings }: Bench, name: string, count: number): Promise<RunningGateway> {
  return startGateway({
    // Two processes are for two cores: on one they only get in each other's way.
    surroundings: { ...surroundings, proxyCore: undefined },
    name,
    workers: count,
    manifests: [
      basicSecret,
      application({
        name: "basic",
        targetUrl: `http://127.0.0.1:${surroundings.targetPort}`,
        credentials: basicCredentials,
      }),
    ],
    ready: "/basic/api/small",
  });
}

async function load(gateway: RunningGateway, seconds: number): Promise<Round> {
  const before = gateway.usage();
  const result = await applyLoad({
    url: `${gateway.origin}/basic/api/small`,
    connections: CONNECTIONS,
    seconds,
    core: undefined,
  });
  const cpu = gateway.usage().cpuMicroseconds - before.cpuMicroseconds;
  return {
    rps: result.requests / (result.microseconds / 1e6),
    cpu: cpu / Math.max(1, result.requests),
    failed: result.failed + result.refused,
  };
}

async function callsByWorker({ healthOrigin }: RunningGateway): Promise<readonly number[]> {
  const text = await (await fetch(`${healthOrigin}/metrics`)).text();
  return [...text.matchAll(/^appconn_worker_calls_total\{[^}]*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
}
