import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget, type Answering } from "../doubles/target.ts";

const PATH = "/shop/orders-api/x";

/** Answers with these in turn, then with the last of them. */
function answers(...statuses: readonly number[]): Answering {
  let next = 0;
  return async (call) => {
    const body = await call.text();
    await call.respond(statuses[Math.min(next++, statuses.length - 1)] ?? 200, {}, body);
  };
}

test("gateway retries - a call that failed is made again as often as its API says, and no other", async () => {
  await using target = await startTarget(answers(503, 503, 200));
  await using gateway = await startGateway({
    applications: [
      annotated(shop(target.url), { "appconn.dev/retry-attempts": "2" }),
      { ...shop(target.url), metadata: { name: "other" } },
    ],
  });
  equal((await gateway.call("GET", PATH)).status, 200);
  equal(target.calls.length, 3);
  deepEqual(
    gateway.finished.map(({ attempts }) => attempts),
    [3],
  );
  target.answering = answers(503);
  const last = await gateway.call("GET", PATH);
  deepEqual([last.status, last.header("Target-System-Status")], [502, "503"]);
  equal(target.calls.length, 6);
  equal((await gateway.call("GET", "/other/orders-api/x")).status, 502);
  equal(target.calls.length, 7);
});

test("gateway retries - a body is sent again where its method may be, and a POST is not made twice", async () => {
  await using target = await startTarget(answers(503, 200));
  const annotations = { "appconn.dev/retry-attempts": "1", "appconn.dev/retry-methods": "GET, PUT" };
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
  const small = { headers: ["Content-Length: 5"], body: "hello" };
  const put = await gateway.call("PUT", PATH, small);
  deepEqual([put.status, put.text, target.calls.length], [200, "hello", 2]);
  target.answering = answers(503, 200);
  const large = "x".repeat(200_000);
  const streamed = await gateway.call("PUT", PATH, { headers: ["Content-Length: 200000"], body: large });
  equal(streamed.status, 200);
  ok(streamed.text === large);
  target.answering = answers(503, 200);
  equal((await gateway.call("POST", PATH, small)).status, 502);
  equal(target.calls.length, 5);
});

test("gateway retries - the target's Retry-After is waited for, and where there is no time for it its answer is passed on", async () => {
  await using target = await startTarget(async (call) => {
    const isFirst = target.calls.length === 1;
    await call.respond(isFirst ? 429 : 200, isFirst ? { "Retry-After": "0" } : {});
  });
  const annotations = { "appconn.dev/retry-attempts": "1", "appconn.dev/retry-on": "429" };
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
  equal((await gateway.call("GET", PATH)).status, 200);
  target.answering = async (call) => {
    await call.respond(429, { "Retry-After": "3600" });
  };
  const answer = await gateway.call("GET", PATH);
  deepEqual([answer.status, answer.header("Retry-After")], [429, "3600"]);
  equal(target.calls.length, 3);
});

test("gateway retries - a target that is not there yet is called again, within the time of the call", async () => {
  const gone = await startTarget();
  const { port, url } = gone;
  await gone[Symbol.asyncDispose]();
  await using gateway = await startGateway({
    applications: [
      annotated(shop(url), { "appconn.dev/retry-attempts": "10", "appconn.dev/timeout": "20s" }),
    ],
  });
  const call = gateway.call("GET", PATH);
  await gateway.inFlight(1);
  await using target = await startTarget(undefined, { port });
  equal((await call).status, 200);
  equal(target.calls.length, 1);
});

test("gateway retries - what a connection came to that had been made is not tried again", async () => {
  await using target = await startTarget((call) => call.reset());
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/retry-attempts": "3" })],
  });
  equal((await gateway.call("GET", PATH)).status, 502);
  equal(target.calls.length, 1);
});

test("gateway retries - all attempts together have the time of one", async () => {
  await using target = await startTarget(async (call) => {
    if (target.calls.length === 1) await call.respond(503);
  });
  const annotations = { "appconn.dev/retry-attempts": "5", "appconn.dev/timeout": "2s" };
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
  const answer = await gateway.call("GET", PATH);
  deepEqual(answer.json(), { code: 504, error: "target did not answer within 2s" });
  equal(target.calls.length, 2);
});

test("gateway retries - an API that is taken away meanwhile is not called again", async () => {
  await using target = await startTarget(async (call) => {
    gateway.remove("shop");
    await call.respond(503);
  });
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/retry-attempts": "1" })],
  });
  equal((await gateway.call("GET", PATH)).status, 404);
  equal(target.calls.length, 1);
});

test("gateway retries - a breaker that opens ends them", async () => {
  await using target = await startTarget(answers(503));
  const annotations = { "appconn.dev/retry-attempts": "9", "appconn.dev/circuit-breaker": "2/1h" };
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
  equal((await gateway.call("GET", PATH)).header("Target-System-Status"), "503");
  equal(target.calls.length, 2);
  equal((await gateway.call("GET", PATH)).header("X-Gateway-Error"), "limit");
});

test("gateway retries - a caller that goes while its call waits to be made again is missed by nobody", async () => {
  await using target = await startTarget(async (call) => {
    await call.respond(503, { "Retry-After": "5" });
  });
  const annotations = { "appconn.dev/retry-attempts": "1", "appconn.dev/concurrency-limit": "1" };
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
  const client = await gateway.connect();
  await client.request("GET", PATH);
  await target.call(1);
  client.reset();
  await gateway.inFlight(0);
  target.answering = answers(200);
  equal((await gateway.call("GET", PATH)).status, 200);
  equal(target.calls.length, 2);
});
