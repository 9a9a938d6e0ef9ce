import type { Bench } from "../bench.ts";
import { applyLoad } from "../load/wrk.ts";

/** The targets without any proxy, on the core that they share with the load: what is never to be the limit. */
export async function headroom(bench: Bench): Promise<void> {
  const { targetPort, sinkPort } = bench.surroundings;
  const direct = [
    { name: "small", url: `http://127.0.0.1:${targetPort}/small` },
    { name: "json64k", url: `http://127.0.0.1:${targetPort}/json64k` },
    { name: "post1m", url: `http://127.0.0.1:${sinkPort}/`, method: "POST", bodyBytes: 1024 * 1024 },
  ];
  for (const { name, ...load } of direct) {
    const result = await applyLoad({ ...load, connections: 64, seconds: 2, core: bench.options.loadCore });
    bench.report({
      contender: "target",
      case: name,
      concurrency: 64,
      figures: {
        rps: result.requests / (result.microseconds / 1e6),
        p50_us: result.p50,
        p99_us: result.p99,
        failed: result.failed + result.refused,
      },
    });
  }
}
