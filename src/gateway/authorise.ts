import { parseForwardedClientCertificate } from "../http/forwarded-client-certificate.ts";
import type { NetworkList } from "../http/network-list.ts";
import type { CallerProblem } from "../snapshot/allowed-callers.ts";
import type { CompiledApi } from "../snapshot/compiled.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";

/** Who calls, as far as it is known. */
export interface Caller {
  /** Address of the other end of the connection. */
  readonly peer: string | undefined;
  /** X-Forwarded-Client-Cert, as the nearest proxy wrote it. */
  readonly clientCertificate: string | undefined;
}

const REASONS: Readonly<Record<CallerProblem, string>> = {
  network: "it is not in the networks that may",
  "no-identity": "a trusted proxy of a service mesh must say who it is",
  identity: "it is not among those who may",
};

/**
 * ③ Whether this call may be made at all: whether its caller may call this API, and whether the target is
 * written as an address that the egress policy refuses. What a name resolves to is checked when it is connected
 * to.
 */
export function authorise(
  api: CompiledApi,
  caller: Caller,
  trustedProxies: Pick<NetworkList, "contains">,
): GatewayRefusal | undefined {
  const problem = api.callers?.problemOf(caller.peer, () => identityOf(caller, trustedProxies));
  if (problem !== undefined) return refusal("GATEWAY_CALLER_REFUSED", REASONS[problem]);
  return api.target.refused ? refusal("GATEWAY_EGRESS_REFUSED") : undefined;
}

/**
 * The SPIFFE name that the nearest proxy has verified: the last element is its own, those before it have come
 * through it. Whoever else sends the header has written it himself.
 */
function identityOf(
  { peer, clientCertificate }: Caller,
  trustedProxies: Pick<NetworkList, "contains">,
): string | undefined {
  if (clientCertificate === undefined || peer === undefined || !trustedProxies.contains(peer))
    return undefined;
  const elements = parseForwardedClientCertificate(clientCertificate);
  if ("malformed" in elements) return undefined;
  const { uri, hasSeveralUris } = elements.at(-1) ?? {};
  // Which of several names the caller cannot be known, and none may be picked for being allowed.
  return hasSeveralUris ? undefined : uri || undefined;
}
