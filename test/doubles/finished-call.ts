import type { FinishedCall } from "../../src/telemetry/channels.ts";

/** A call that succeeded, as the gateway publishes it, with what a test changes. */
export function aFinishedCall(changes: Partial<FinishedCall> = {}): FinishedCall {
  return {
    listener: "manual",
    requestId: "req-1",
    method: "GET",
    path: "/shop/orders-api/orders/42",
    application: "shop",
    service: "orders-api",
    entry: "rest-v1",
    api: undefined,
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
    milliseconds: 12.3456,
    upstreamMilliseconds: 9.8765,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ...changes,
  };
}
