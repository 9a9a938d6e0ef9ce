import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { applyMutualLoad, type MutualLoad, type MutualResult } from "../mutual/apply-load.ts";
import { writeIdentities } from "../mutual/identities.ts";
import { startMutualServer, type MutualServer, type MutualServerKind } from "../mutual/start-server.ts";
import { warmUpSeconds } from "../schedule.ts";
import { median } from "../statistics.ts";

interface Comparison {
  readonly name: string;
  readonly load: Omit<MutualLoad, "seconds">;
  /** Node alone, with the same TLS settings. */
  readonly bare: MutualServerKind;
  /** Whether a limit binds it. */
  readonly isBound: boolean;
  /** Also against an ingress that knows of no revoked certificate. */
  readonly withNoneRevoked?: boolean;
}

/** A server with the name that it is reported by. */
type Contender = Pick<MutualServer, "port" | "pid"> & { readonly name: string };

/** The same process, where it knows of no revoked certificate. */
const NONE_REVOKED = "ingress-none";

const COMPARISONS: readonly Comparison[] = [
  {
    name: "mutual-requests",
    load: { kind: "requests", connections: 64 },
    bare: "https",
    isBound: true,
    withNoneRevoked: true,
  },
  { name: "mutual-handshakes", load: { kind: "handshakes", connections: 16 }, bare: "tls", isBound: true },
  { name: "mutual-visits", load: { kind: "visits", connections: 16 }, bare: "https", isBound: false },
];

/**
 * Ingress and validator beside bare servers of Node: requests over connections that stand, full handshakes, and
 * connections with a single request.
 */
export async function ingress(bench: Bench): Promise<void> {
  const directory = join(bench.surroundings.directory, "mutual");
  mkdirSync(directory);
  await writeIdentities(directory);
  const comparisons = bench.options.smoke ? COMPARISONS.filter(({ isBound }) => isBound) : COMPARISONS;
  for (const comparison of comparisons) await compare(bench, comparison, directory);
}

async function compare(bench: Bench, comparison: Comparison, directory: string): Promise<void> {
  const { name, load, bare, withNoneRevoked = false } = comparison;
  const { options, progress } = bench;
  const { proxyCore: core } = options;
  progress.step(`ingress, ${name}`);
  await using stack = new AsyncDisposableStack();
  const ours = stack.use(await startMutualServer("ingress", { directory, core }));
  const theirs = stack.use(await startMutualServer(bare, { directory, core }));
  const results = new Map<Contender, MutualResult[]>([[{ ...ours, name: "ingress" }, []]]);
  if (withNoneRevoked) results.set({ ...ours, name: NONE_REVOKED, port: ours.nonePort ?? 0 }, []);
  results.set({ ...theirs, name: `node-${bare}` }, []);
  const measure = (server: Contender, seconds: number) =>
    applyMutualLoad(server, { ...load, seconds }, { directory, core: options.loadCore });
  const warmUp = warmUpSeconds(options);
  for (const server of warmUp === 0 ? [] : results.keys()) await measure(server, warmUp);
  const seconds = options.smoke ? 0.3 : Math.max(1, options.duration / options.rounds);
  for (let round = 1; round <= options.rounds; round++) {
    // To and fro, so that a machine that grows slower or faster favours nobody.
    for (const [server, kept] of round % 2 === 1 ? results : [...results].toReversed()) {
      progress.detail(`round ${round} of ${options.rounds}, ${server.name}`);
      kept.push(await measure(server, seconds));
    }
  }
  report(bench, comparison, new Map([...results].map(([server, kept]) => [server.name, kept])));
}

type Results = ReadonlyMap<string, readonly MutualResult[]>;

function report(bench: Bench, { name, load, bare }: Comparison, results: Results): void {
  const theirs = results.get(`node-${bare}`) ?? [];
  const without = results.get(NONE_REVOKED);
  for (const [contender, rounds] of results) {
    const isOurs = rounds !== theirs;
    const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
    bench.report({
      contender,
      case: name,
      concurrency: load.connections,
      figures: {
        rps: median(rounds.map(({ perSecond }) => perSecond)),
        cpu_us_per_request: median(rounds.map(({ cpu }) => cpu)),
        failed,
        ratio_node: isOurs ? against(rounds, theirs, ({ perSecond }) => perSecond) : undefined,
        cpu_ratio_node: isOurs ? against(rounds, theirs, ({ cpu }) => cpu) : undefined,
        revoked_us: contender === "ingress" && without ? moreThan(rounds, without) : undefined,
      },
    });
    if (failed > 0) bench.complain(`${name}: ${failed} failed at ${contender}`);
  }
}

/** Round by round against the neighbour in time, so that a busy moment of the machine meets both. */
function against(
  rounds: readonly MutualResult[],
  others: readonly MutualResult[],
  pick: (result: MutualResult) => number,
): number {
  return median(rounds.map((round, index) => pick(round) / pick(others[index] ?? round)));
}

/** Microseconds of processor time that a request takes longer; below 0 where the difference is noise. */
function moreThan(rounds: readonly MutualResult[], others: readonly MutualResult[]): number {
  return median(rounds.map((round, index) => round.cpu - (others[index] ?? round).cpu));
}
