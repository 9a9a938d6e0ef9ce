import { Pool } from "undici";
import type { Bench } from "../bench.ts";
import { startGateway } from "../contenders/gateway.ts";
import { smallEstate } from "../estate/resources.ts";
import { startTokenEndpoint } from "../targets/token-endpoint.ts";

const CALLERS = 1000;

/** All callers come while there is no token yet: one token request must serve them. */
export async function coldToken(bench: Bench): Promise<void> {
  const { surroundings } = bench;
  // Slow enough that all callers are waiting before the token is there.
  await using tokens = await startTokenEndpoint(500);
  await using gateway = await startGateway({
    surroundings,
    name: "cold-token",
    manifests: smallEstate({ ...surroundings, tokenUrl: tokens.url }),
    ready: "/sink/api/upload",
  });
  await using callers = new AsyncDisposableStack();
  const pool = callers.adopt(new Pool(gateway.origin, { connections: CALLERS }), (opened) =>
    opened.destroy(),
  );
  const begin = performance.now();
  const statuses = await Promise.all(Array.from({ length: CALLERS }, () => call(pool)));
  const failed = statuses.filter((status) => status !== 200).length;
  bench.report({
    contender: "gateway",
    case: "cold-token",
    figures: {
      calls: CALLERS,
      failed,
      token_requests: tokens.requests,
      milliseconds: performance.now() - begin,
    },
  });
}

async function call(pool: Pool): Promise<number> {
  const { statusCode, body } = await pool.request({ method: "GET", path: "/oauth/api/small" });
  await body.dump();
  return statusCode;
}
