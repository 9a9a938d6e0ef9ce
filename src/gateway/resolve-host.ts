import type { BrokenApi, CompiledApi } from "../snapshot/compiled.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";

/**
 * The host-addressed mode (gateway spec §16): existing workloads call `http://{access service}.{namespace}…`
 * and the first label of the Host names Application and service. undefined when it names none; the call is
 * then addressed by its path (amendment A13).
 */
export function resolveHost(
  host: string | undefined,
  snapshot: Snapshot,
): CompiledApi | BrokenApi | GatewayRefusal | undefined {
  if (host === undefined) return undefined;
  const end = host.search(/[.:]/);
  const label = (end === -1 ? host : host.slice(0, end)).toLowerCase();
  const targets = snapshot.host(label);
  const [target, ...others] = targets ?? [];
  if (!target) return undefined;
  if (others.length > 0) return refusal("GATEWAY_AMBIGUOUS_HOST", label);
  if (target.kind === "no-api") return refusal("GATEWAY_SERVICE_WITHOUT_API", target.serviceId);
  return target;
}
