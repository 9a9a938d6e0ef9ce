import type { Bench } from "../bench.ts";
import type { Contender } from "../contenders/contender.ts";
import { startGateway } from "../contenders/gateway.ts";
import { startHaproxy } from "../contenders/haproxy.ts";
import { startNginx } from "../contenders/nginx.ts";
import { smallEstate } from "../estate/resources.ts";
import { wantedCases } from "../schedule.ts";
import { startTokenEndpoint } from "../targets/token-endpoint.ts";
import { countSystemCalls } from "./count-system-calls.ts";
import { measureCase } from "./measure-case.ts";

/** Every case that one small estate serves, at every concurrency. */
export async function throughput(bench: Bench): Promise<void> {
  const wanted = wantedCases(bench.options);
  if (wanted.length === 0) return;
  await using tokens = await startTokenEndpoint(0);
  await using contenders = new AsyncDisposableStack();
  const { surroundings, options } = bench;
  const gateway = await startGateway({
    surroundings,
    name: "gateway",
    manifests: smallEstate({ ...surroundings, tokenUrl: tokens.url }),
    ready: "/sink/api/upload",
    profile: options.profile,
  });
  contenders.use(gateway);
  const all: Contender[] = [gateway];
  for (const comparator of await startComparators(bench)) all.push(contenders.use(comparator));
  for (const row of wanted) {
    for (const connections of options.concurrency) {
      if (options.strace) await countSystemCalls(bench, { row, connections, gateway });
      else await measureCase(bench, { row, connections, contenders: all });
    }
  }
}

export async function startComparators({ programs, surroundings }: Bench): Promise<Contender[]> {
  const comparators: Contender[] = [];
  if (programs.nginx !== undefined) comparators.push(await startNginx(programs.nginx, surroundings));
  if (programs.haproxy !== undefined) comparators.push(await startHaproxy(programs.haproxy, surroundings));
  return comparators;
}
