import type { Bench } from "../bench.ts";
import { measurePairing } from "../micro/pairing.ts";
import { measureRevocations } from "../micro/revocations.ts";

/** In this process, which is pinned to no core: how quickly identities are issued and looked up. */
export async function pairing(bench: Bench): Promise<void> {
  bench.report(await measurePairing(bench.options.smoke ? 1 : 5));
  bench.report(measureRevocations());
}
