import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accessLine } from "../../../src/telemetry/access-line.ts";
import { accessText } from "../../../src/telemetry/access-text.ts";
import { anyText } from "../../doubles/any-text.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 2, 24, 7);

function parsed(changes: Parameters<typeof aFinishedCall>[0]): Record<string, unknown> {
  return JSON.parse(accessLine(aFinishedCall(changes), NOW)) as Record<string, unknown>;
}

test("access line - says everything that the specification asks for", () => {
  assert.deepEqual(parsed({}), {
    time: "2026-11-21T12:02:24.007Z",
    log: "access",
    application: "shop",
    service: "orders-api",
    entry: "rest-v1",
    listener: "manual",
    method: "GET",
    path: "/shop/orders-api/orders/42",
    requestId: "req-1",
    peer: "10.1.2.3",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    status: 200,
    origin: "target",
    targetStatus: 200,
    attempts: 1,
    tokenCacheHit: true,
    milliseconds: 12.346,
    upstreamMilliseconds: 9.877,
  });
});

test("access line - a failed call says category, code and reason, and leaves out what is not known", () => {
  const line = parsed({
    application: undefined,
    service: undefined,
    entry: undefined,
    status: 502,
    targetStatus: undefined,
    origin: "gateway",
    gatewayError: "token",
    failure: "CREDENTIALS_TOKEN_REFUSED",
    reason: "incorrect response code '401' while getting token from https://idp/token?client_secret=hidden",
    attempts: 0,
    tokenCacheHit: false,
    peer: undefined,
    traceparent: undefined,
  });
  assert.equal(line["gatewayError"], "token");
  assert.equal(line["failure"], "CREDENTIALS_TOKEN_REFUSED");
  assert.equal(line["reason"], "incorrect response code '401' while getting token from https://idp/token");
  assert.equal(line["tokenCacheHit"], false);
  const absent = ["application", "service", "entry", "targetStatus", "peer", "traceId"];
  assert.deepEqual(
    absent.filter((name) => name in line),
    [],
  );
});

test("access line - what broke after the target had begun to answer is said without an error of the gateway", () => {
  const line = parsed({ reason: "the target closed the connection in the middle of its body" });
  assert.equal(line["reason"], "the target closed the connection in the middle of its body");
  assert.equal("gatewayError" in line, false);
});

test("access line - a query never appears, even where the publisher forgot to cut it", () => {
  assert.equal(parsed({ path: "/shop/orders-api/x?key=hidden" })["path"], "/shop/orders-api/x");
});

test("access line - names of an API are remembered by its identity and not mixed up", () => {
  const api = {};
  assert.equal(parsed({ api, application: "a" })["application"], "a");
  assert.equal(parsed({ api, application: "a" })["application"], "a");
  assert.equal(parsed({ api: {}, application: "b" })["application"], "b");
});

test("access line - whatever callers send, it is one line of valid JSON that says what they sent", () => {
  const text = anyText();
  fc.assert(
    fc.property(text, text, text, text, (method, path, requestId, traceparent) => {
      const line = accessLine(aFinishedCall({ method, path, requestId, traceparent }), NOW);
      assert.match(line, /^[\x20-\x7e]+\n$/);
      const record = JSON.parse(line) as Record<string, unknown>;
      assert.equal(record["method"], method);
      assert.equal(record["requestId"], requestId);
      assert.equal(record["path"], path.split("?", 1)[0]);
      assert.equal(record["status"], 200);
    }),
  );
});

test("access text - is one readable line for a terminal", () => {
  const time = /^\d\d:\d\d:24\.007 CALL {2}/;
  const good = accessText(aFinishedCall(), NOW);
  assert.match(good, time);
  assert.equal(good.replace(time, ""), "GET /shop/orders-api/orders/42  200  12.3 ms (target 9.9 ms)\n");
  const bad = accessText(
    aFinishedCall({
      path: "/x\u001B[2J",
      status: 502,
      targetStatus: 503,
      attempts: 2,
      reason: "Bearer abc\nforged",
    }),
    NOW,
  );
  const expected = String.raw`GET /x\u{1b}[2J  502 (target: 503)  12.3 ms (target 9.9 ms)  2 attempts  Bearer [redacted]\u{a}forged`;
  assert.equal(bad.replace(time, ""), `${expected}\n`);
  const refused = accessText(aFinishedCall({ status: 404, gatewayError: "request", attempts: 0 }), NOW);
  assert.equal(
    refused.replace(time, ""),
    "GET /shop/orders-api/orders/42  404 (gateway: request)  12.3 ms\n",
  );
});
