import type { CompiledApi } from "../snapshot/compiled.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";

/**
 * ③ Whether this call may be made at all. Decided so far: a target that is written as an address which the
 * egress policy refuses. What a name resolves to is checked when it is connected to.
 */
export function authorise(api: CompiledApi): GatewayRefusal | undefined {
  return api.target.refused ? refusal("GATEWAY_EGRESS_REFUSED") : undefined;
}
