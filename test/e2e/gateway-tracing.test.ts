import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { startOtlpTracing } from "../../src/telemetry/otlp-tracing.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startTarget } from "../doubles/target.ts";
import { TraceCollector } from "../doubles/trace-collector.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

function startTracing(collector: TraceCollector) {
  const { endpoint } = collector;
  return startOtlpTracing({
    endpoint,
    version: "1.2.3",
    environment: {},
    clock: systemClock,
    onTrouble: () => {},
  });
}

test("gateway tracing - a call, its token request and its target are spans of the caller's trace", async () => {
  await using collector = await TraceCollector.start();
  await using target = await startTarget();
  await using provider = await startIdentityProvider();
  const tracing = await startTracing(collector);
  const credentials = { type: "OAuth", secretName: "oauth", authenticationUrl: provider.tokenUrl };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials })],
    secrets: { oauth: { clientId: "id", clientSecret: "secret" } },
    tracing,
  });
  const headers = [`traceparent: 00-${TRACE}-${CALLER}-01`];
  equal((await gateway.call("GET", "/shop/orders-api/x?key=hidden", { headers })).status, 200);
  await tracing[Symbol.asyncDispose]();
  const call = collector.span("GET shop/orders-api");
  deepEqual([call.traceId, call.parentSpanId], [TRACE, CALLER]);
  equal(call.attributes["url.path"], "/shop/orders-api/x");
  const sent = collector.span("target");
  for (const child of [collector.span("token"), sent]) {
    deepEqual([child.traceId, child.parentSpanId], [TRACE, call.spanId]);
  }
  equal(target.last.header("traceparent"), `00-${TRACE}-${sent.spanId}-01`);
  equal(gateway.finished[0]?.traceparent, `00-${TRACE}-${call.spanId}-01`);
});

test("gateway tracing - a failed call marks its spans and says which step failed", async () => {
  await using collector = await TraceCollector.start();
  const tracing = await startTracing(collector);
  await using gateway = await startGateway({ applications: [shop("http://127.0.0.1:1")], tracing });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 502);
  await tracing[Symbol.asyncDispose]();
  equal(collector.span("GET shop/orders-api").attributes["error.type"], "GATEWAY_TARGET_FAILED");
  notEqual(collector.span("target").status.message ?? "", "");
});

test("gateway tracing - a caller that goes ends the span of the target too", async () => {
  await using collector = await TraceCollector.start();
  await using target = await startTarget(async () => {});
  const tracing = await startTracing(collector);
  await using gateway = await startGateway({ applications: [shop(target.url)], tracing });
  const client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  await target.call(1);
  client.reset();
  await gateway.inFlight(0);
  await tracing[Symbol.asyncDispose]();
  equal(collector.span("target").parentSpanId, collector.span("GET shop/orders-api").spanId);
});

test("gateway tracing - without a collector the caller's trace headers pass unchanged", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const headers = [`traceparent: 00-${TRACE}-${CALLER}-01`, "tracestate: vendor=1", "b3: 0"];
  await gateway.call("GET", "/shop/orders-api/x", { headers });
  equal(target.last.header("traceparent"), `00-${TRACE}-${CALLER}-01`);
  equal(target.last.header("tracestate"), "vendor=1");
  match(target.last.header("b3") ?? "", /^0$/);
});
