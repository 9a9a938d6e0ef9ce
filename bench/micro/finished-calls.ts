import type { FinishedCall } from "../../src/telemetry/channels.ts";

/** Calls as the gateway publishes them, of 20 APIs, so that nothing is fast only because it is always the same. */
export function finishedCalls(count: number): readonly FinishedCall[] {
  const apis = Array.from({ length: 20 }, (_, index) => ({
    application: `shop-${index % 4}`,
    service: `orders-api-${index}`,
    entry: "rest-v1",
  }));
  return Array.from({ length: count }, (_, index) => finishedCall(apis[index % 20] ?? {}, index));
}

interface Names {
  readonly application?: string;
  readonly service?: string;
  readonly entry?: string;
}

/** One of them. */
export function finishedCall(api: Names, index: number): FinishedCall {
  return {
    listener: "manual",
    requestId: crypto.randomUUID(),
    method: index % 3 === 0 ? "POST" : "GET",
    path: `/${api.application}/${api.service}/orders/${index}`,
    application: api.application,
    service: api.service,
    entry: api.entry,
    api,
    status: 200,
    targetStatus: 200,
    targetProtocol: "1.1",
    origin: "target",
    gatewayError: undefined,
    failure: undefined,
    reason: undefined,
    attempts: 1,
    tokenCacheHit: true,
    credentialType: "OAuth",
    credentialSecret: "orders-credentials",
    accessToken: false,
    tlsVerified: true,
    peer: "10.1.2.3",
    callerIdentity: undefined,
    milliseconds: 1 + Math.random() * 20,
    upstreamMilliseconds: Math.random() * 10,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
}
