import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestAuthority } from "../../test/doubles/certificates.ts";
import type { Bench } from "../bench.ts";
import { applyMutualLoad, type MutualLoad, type MutualResult } from "../mutual/apply-load.ts";
import { startMutualServer, type MutualServer, type MutualServerKind } from "../mutual/start-server.ts";
import { median } from "../statistics.ts";

interface Comparison {
  readonly name: string;
  readonly load: Omit<MutualLoad, "seconds">;
  /** Node alone, with the same TLS settings. */
  readonly bare: MutualServerKind;
  /** Least share of the bare server's figure per core. */
  readonly limit: number;
}

/** The first limit leaves room for the validator, which these requests do not pass. */
const COMPARISONS: readonly Comparison[] = [
  { name: "mutual-requests", load: { kind: "requests", connections: 64 }, bare: "https", limit: 0.6 },
  { name: "mutual-handshakes", load: { kind: "handshakes", connections: 16 }, bare: "tls", limit: 0.8 },
];

/** The ingress beside bare servers of Node: requests over connections that stand, and full handshakes. */
export async function ingress(bench: Bench): Promise<void> {
  const { directory } = bench.surroundings;
  await writeCertificates(directory);
  for (const comparison of COMPARISONS) await compare(bench, comparison);
}

async function compare(bench: Bench, { name, load, bare, limit }: Comparison): Promise<void> {
  const { directory, proxyCore: core } = bench.surroundings;
  await using ours = await startMutualServer("ingress", { directory, core });
  await using theirs = await startMutualServer(bare, { directory, core });
  const servers = [ours, theirs];
  const measure = (server: MutualServer, seconds: number) =>
    applyMutualLoad(server, { ...load, seconds }, { directory, core: bench.options.loadCore });
  const results = new Map<MutualServer, MutualResult[]>(servers.map((server) => [server, []]));
  for (const server of servers) await measure(server, 1);
  const seconds = Math.max(1, bench.options.duration / bench.options.rounds);
  for (let round = 0; round < bench.options.rounds; round++) {
    for (const server of servers) results.get(server)?.push(await measure(server, seconds));
  }
  const [own, other] = servers.map((server) => summary(results.get(server) ?? []));
  if (!own || !other) return;
  const ratio = own.perSecond / other.perSecond;
  const cpuRatio = own.cpu / other.cpu;
  report(bench, {
    contender: "ingress",
    name,
    load,
    result: own,
    ratios: { ratio_node: ratio, cpu_ratio_node: cpuRatio },
  });
  report(bench, { contender: `node-${bare}`, name, load, result: other, ratios: {} });
  // Per core, by processor time: the load may be what limits the figures per second.
  if (1 / cpuRatio < limit)
    bench.complain(`${name}: ${(1 / cpuRatio).toFixed(2)} of bare Node, at least ${limit}`);
  if (own.failed > 0) bench.complain(`${name}: ${own.failed} failed`);
}

function summary(results: readonly MutualResult[]): MutualResult {
  return {
    perSecond: median(results.map(({ perSecond }) => perSecond)),
    cpu: median(results.map(({ cpu }) => cpu)),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}

interface Reported {
  readonly contender: string;
  readonly name: string;
  readonly load: Omit<MutualLoad, "seconds">;
  readonly result: MutualResult;
  readonly ratios: Readonly<Record<string, number>>;
}

function report(bench: Bench, { contender, name, load, result, ratios }: Reported): void {
  const { perSecond, cpu, failed } = result;
  bench.report({
    contender,
    case: name,
    concurrency: load.connections,
    figures: { rps: perSecond, cpu_us_per_request: cpu, failed, ...ratios },
  });
}

async function writeCertificates(directory: string): Promise<void> {
  const clients = await TestAuthority.create("Client CA");
  const servers = await TestAuthority.create("Server CA");
  const server = await servers.server("gateway.localhost");
  const client = await clients.certificate({
    subject: "C=DE, O=Organization, OU=OrgUnit, L=Waldorf, ST=Waldorf, CN=shop",
  });
  const files = {
    "client-ca.crt": clients.crt,
    "server-ca.crt": servers.crt,
    "server.crt": server.crt,
    "server.key": server.key,
    "client.crt": client.crt,
    "client.key": client.key,
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
}
