import type { Bench } from "../bench.ts";
import { startGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret } from "../estate/resources.ts";
import { median } from "../statistics.ts";

/** From the start of the process to the first answered call, with a data directory that has been used before. */
export async function warmStart(bench: Bench): Promise<void> {
  // The first start makes keys and certificates, and fills the cache of compiled code.
  const first = await start(bench, [
    basicSecret,
    application({
      name: "basic",
      targetUrl: `http://127.0.0.1:${bench.surroundings.targetPort}`,
      credentials: basicCredentials,
    }),
  ]);
  bench.report({ contender: "gateway", case: "first-start", figures: { seconds: first } });
  const times: number[] = [];
  for (let index = 0; index < (bench.options.smoke ? 1 : 5); index++) times.push(await start(bench, []));
  bench.report({ contender: "gateway", case: "warm-start", figures: { seconds: median(times) } });
}

async function start({ surroundings }: Bench, manifests: Parameters<typeof startGateway>[0]["manifests"]) {
  await using gateway = await startGateway({
    surroundings,
    name: "start",
    manifests,
    ready: "/basic/api/small",
  });
  return gateway.startSeconds;
}
