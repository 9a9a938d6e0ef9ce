import type { Bench } from "../bench.ts";
import { cases, estate } from "../cases.ts";
import { startGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret, largeEstate } from "../estate/resources.ts";
import { measureCase } from "./measure-case.ts";
import { settled } from "./settled.ts";
import { startComparators } from "./throughput.ts";

/** 10 000 Applications × 5 APIs: how long they load, what they weigh, how quick a call is among them. */
export async function largeEstateSuite(bench: Bench): Promise<void> {
  const { surroundings, options } = bench;
  const row = cases.find(({ name }) => name === "estate");
  if (!row) throw new Error("there is no case estate");
  await load(bench);
  await using gateway = await startGateway({
    surroundings,
    name: "estate",
    manifests: [],
    ready: lastPath,
    profile: options.profile,
  });
  const seconds = gateway.startSeconds;
  bench.report({
    contender: "gateway",
    case: "estate-idle",
    figures: { seconds, rss_mib: await settled(gateway) },
  });
  await using comparators = new AsyncDisposableStack();
  const others = await startComparators(bench);
  for (const other of others) comparators.use(other);
  for (const connections of options.concurrency) {
    await measureCase(bench, { row, connections, contenders: [gateway, ...others] });
  }
}

const lastPath = `/estate-${estate.applications - 1}/api-${estate.services - 1}/small`;

/** Through the admin API of a running server, as an estate is moved in; the next start finds it all. */
async function load(bench: Bench): Promise<void> {
  const { surroundings } = bench;
  const [first, ...rest] = largeEstate(surroundings.targetPort, estate);
  if (!first) return;
  const probe = application({
    name: "probe",
    targetUrl: `http://127.0.0.1:${surroundings.targetPort}`,
    credentials: basicCredentials,
  });
  await using gateway = await startGateway({
    surroundings,
    name: "estate",
    manifests: [first, probe],
    ready: "/probe/api/small",
  });
  const begin = performance.now();
  await gateway.admin.createAll(rest);
  const seconds = (performance.now() - begin) / 1000;
  bench.report({ contender: "gateway", case: "estate-load", figures: { seconds } });
  bench.report({ contender: "gateway", case: "estate-loaded", figures: { rss_mib: await settled(gateway) } });
}

/** What a gateway with a single Application weighs while nobody calls. */
export async function idle(bench: Bench): Promise<void> {
  const { surroundings } = bench;
  const targetUrl = `http://127.0.0.1:${surroundings.targetPort}`;
  await using gateway = await startGateway({
    surroundings,
    name: "idle",
    manifests: [basicSecret, application({ name: "basic", targetUrl, credentials: basicCredentials })],
    ready: "/basic/api/small",
  });
  bench.report({ contender: "gateway", case: "idle", figures: { rss_mib: await settled(gateway) } });
}
