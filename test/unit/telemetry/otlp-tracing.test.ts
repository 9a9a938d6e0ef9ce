import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { startOtlpTracing } from "../../../src/telemetry/otlp-tracing.ts";
import { callAttributes } from "../../../src/telemetry/span-attributes.ts";
import type { Tracing } from "../../../src/telemetry/tracing.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { TraceCollector } from "../../doubles/trace-collector.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

function start(
  endpoint: string,
  changes: Partial<Parameters<typeof startOtlpTracing>[0]> = {},
): Promise<Tracing> {
  const none = { version: "1.2.3", environment: {}, clock: systemClock, onTrouble: () => {} };
  return startOtlpTracing({ endpoint, ...none, ...changes });
}

/** Runs calls against a collector and gives it back after the last export. */
async function collected(use: (tracing: Tracing) => void, environment = {}): Promise<TraceCollector> {
  await using collector = await TraceCollector.start();
  const tracing = await start(collector.endpoint, { environment });
  use(tracing);
  await tracing[Symbol.asyncDispose]();
  return collector;
}

test("tracing - a call is a server span with client spans for token, CSRF and target", async () => {
  const collector = await collected((tracing) => {
    const call = tracing.call(`00-${TRACE}-${PARENT}-01`, "vendor=1");
    for (const name of ["token", "csrf", "target"] as const) call.child(name).end();
    call.end(callAttributes(aFinishedCall()));
  });
  assert.deepEqual(collector.paths, ["/v1/traces"]);
  const call = collector.span("GET shop/orders-api");
  assert.equal(call.kind, SERVER);
  assert.equal(call.traceId, TRACE);
  assert.equal(call.parentSpanId, PARENT);
  assert.equal(call.traceState, "vendor=1");
  assert.equal(call.attributes["http.response.status_code"], 200);
  assert.equal(call.attributes["url.path"], "/shop/orders-api/orders/42");
  for (const name of ["token", "csrf", "target"]) {
    const child = collector.span(name);
    assert.deepEqual([child.kind, child.traceId, child.parentSpanId], [CLIENT, TRACE, call.spanId]);
  }
});

test("tracing - the traceparent that is sent on names the span", async () => {
  let sent = "";
  const collector = await collected((tracing) => {
    const call = tracing.call(undefined, undefined);
    const target = call.child("target");
    sent = target.traceparent;
    target.end();
    call.end();
  });
  const { traceId, spanId } = collector.span("target");
  assert.equal(sent, `00-${traceId}-${spanId}-01`);
});

test("tracing - a caller that is not sampled stays so, and its trace goes on", async () => {
  let sent = "";
  const collector = await collected((tracing) => {
    const call = tracing.call(`00-${TRACE}-${PARENT}-00`, undefined);
    const target = call.child("target");
    sent = target.traceparent;
    target.end();
    call.end(callAttributes(aFinishedCall()));
  });
  assert.match(sent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  assert.ok(!sent.includes(PARENT));
  assert.deepEqual(collector.spans, []);
});

const malformed: readonly string[] = [
  "",
  "garbage",
  `00-${"0".repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `ff-${TRACE}-${PARENT}-01`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-01\r\nX: y`,
];

for (const traceparent of malformed) {
  test(`tracing - a new trace begins at the traceparent ${JSON.stringify(traceparent)}`, async () => {
    const collector = await collected((tracing) => tracing.call(traceparent, undefined).end());
    const span = collector.span("call");
    assert.notEqual(span.traceId, TRACE);
    assert.ok(!span.parentSpanId);
  });
}

test("tracing - a later version of the header is understood by its known parts", async () => {
  const collector = await collected((tracing) =>
    tracing.call(`01-${TRACE}-${PARENT}-03-new`, undefined).end(),
  );
  assert.equal(collector.span("call").traceId, TRACE);
});

test("tracing - a failure marks the span, without what looks like a secret", async () => {
  const collector = await collected((tracing) => {
    tracing.call(undefined, undefined).end({ "url.path": "/x?key=hidden" }, "refused Bearer hidden");
  });
  const { status, attributes } = collector.span("call");
  assert.deepEqual(status, { code: ERROR, message: "refused Bearer [redacted]" });
  assert.equal(attributes["url.path"], "/x?[redacted]");
});

test("tracing - spans say whose they are, and the variables of OpenTelemetry are respected", async () => {
  const use = (tracing: Tracing) => tracing.call(undefined, undefined).end();
  const [ours] = (await collected(use)).resources;
  assert.deepEqual(ours, { "service.name": "application-connector", "service.version": "1.2.3" });
  const variables = {
    OTEL_SERVICE_NAME: "edge",
    OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=gw%2D1,service.name=x",
  };
  const [theirs] = (await collected(use, variables)).resources;
  assert.deepEqual(theirs, { "service.name": "edge", "service.version": "1.2.3", "k8s.pod.name": "gw-1" });
  const [broken] = (await collected(use, { OTEL_RESOURCE_ATTRIBUTES: "a=%" })).resources;
  assert.equal(broken?.["a"], undefined);
});

test("tracing - a collector that refuses disturbs no call and is told once", async () => {
  await using collector = await TraceCollector.start();
  collector.answer = 400;
  const troubles: (string | undefined)[] = [];
  const onTrouble = (error: Error | undefined) => void troubles.push(error?.message);
  const tracing = await start(collector.endpoint, { onTrouble });
  for (let count = 0; count < 1200; count++) tracing.call(undefined, undefined).end();
  await tracing[Symbol.asyncDispose]();
  assert.equal(troubles.length, 1);
  assert.ok(troubles[0]);
});

test("tracing - a collector that hangs does not keep the process from ending", async () => {
  await using collector = await TraceCollector.start();
  collector.answer = "hang";
  const clock = new FakeClock();
  const tracing = await start(collector.endpoint, { clock });
  tracing.call(undefined, undefined).end();
  const closed = tracing[Symbol.asyncDispose]();
  await clock.advance(3000);
  await closed;
  assert.deepEqual(collector.spans, []);
});

for (const endpoint of ["collector:4318", "not an address", "file:///tmp/x"]) {
  test(`tracing - ${endpoint} is refused as the address of a collector`, async () => {
    await assert.rejects(start(endpoint), { code: "TELEMETRY_TRACES_ENDPOINT" });
  });
}

test("tracing - a password in the address of the collector does not appear in the error", async () => {
  await assert.rejects(
    start("ftp://user:hidden@collector"),
    (error: Error) => !error.message.includes("hidden"),
  );
});
