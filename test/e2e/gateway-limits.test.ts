import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import type { RawResponse } from "../doubles/raw-response.ts";
import { answersOk, startTarget, type Answering } from "../doubles/target.ts";

const PATH = "/shop/orders-api/x";

const answersError: Answering = async (call) => {
  await call.respond(500, {}, "broken");
};

/** What a caller is told by a limit, with `Retry-After` as a number. */
function told(answer: RawResponse) {
  const { error } = answer.json() as { error: string };
  return {
    status: answer.status,
    category: answer.header("X-Gateway-Error"),
    retryAfter: Number(answer.header("Retry-After")),
    error,
  };
}

test("gateway limits - one call more than the rate allows is 429, with when to come again", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/rate-limit": "2/1h" })],
  });
  for (const expected of [200, 200]) equal((await gateway.call("GET", PATH)).status, expected);
  const { retryAfter, ...answer } = told(await gateway.call("GET", PATH));
  deepEqual(answer, {
    status: 429,
    category: "limit",
    error: "the API is called more often than its rate limit allows",
  });
  ok(retryAfter > 1700 && retryAfter <= 1800, `${retryAfter}`);
  equal(target.calls.length, 2);
});

test("gateway limits - what is counted goes on over a change of the Application, and a new limit counts at once", async () => {
  await using target = await startTarget();
  const limited = (rate: string, more = {}) =>
    annotated(shop(target.url), { "appconn.dev/rate-limit": rate, ...more });
  await using gateway = await startGateway({ applications: [limited("1/1h")] });
  equal((await gateway.call("GET", PATH)).status, 200);
  gateway.apply(limited("1/1h", { "appconn.dev/timeout": "5s" }));
  equal((await gateway.call("GET", PATH)).status, 429);
  gateway.apply(limited("100/1h"));
  equal((await gateway.call("GET", PATH)).status, 200);
});

test("gateway limits - one call more than may be under way is 503, until one of them has ended", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/concurrency-limit": "2" })],
  });
  const running = [gateway.call("GET", PATH), gateway.call("GET", PATH)];
  await target.call(2);
  deepEqual(told(await gateway.call("GET", PATH)), {
    status: 503,
    category: "limit",
    retryAfter: 1,
    error: "as many calls of the API are under way as its concurrency limit allows",
  });
  for (const call of target.calls) await call.respond(200);
  for (const call of running) equal((await call).status, 200);
  target.answering = answersOk;
  equal((await gateway.call("GET", PATH)).status, 200);
});

test("gateway limits - after so many failures of the target in a row it is left alone", async () => {
  await using target = await startTarget(answersError);
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/circuit-breaker": "3/1h" })],
  });
  for (let call = 0; call < 3; call++) {
    equal((await gateway.call("GET", PATH)).header("Target-System-Status"), "500");
  }
  const { retryAfter, ...answer } = told(await gateway.call("GET", PATH));
  deepEqual(answer, {
    status: 503,
    category: "limit",
    error: "the target has failed several times in a row and is left alone for a while",
  });
  ok(retryAfter > 3500 && retryAfter <= 3600, `${retryAfter}`);
  equal(target.calls.length, 3);
});

test("gateway limits - a target that is back is called again after the breaker's time", async () => {
  await using target = await startTarget(answersError);
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/circuit-breaker": "1/50ms" })],
  });
  equal((await gateway.call("GET", PATH)).status, 502);
  target.answering = answersOk;
  // Its time is over at some point, however busy the machine is.
  let answer = await gateway.call("GET", PATH);
  while (answer.status === 503) answer = await gateway.call("GET", PATH);
  equal(answer.status, 200);
  equal(target.calls.length, 2);
});

test("gateway limits - targets that refuse, do not answer and break off have failed, too", async () => {
  const failures: readonly Answering[] = [
    (call) => call.reset(),
    async (call) => {
      await call.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      call.reset();
    },
    () => {},
  ];
  for (const failing of failures) {
    await using target = await startTarget(failing);
    const annotations = { "appconn.dev/circuit-breaker": "1/1h", "appconn.dev/timeout": "100ms" };
    await using gateway = await startGateway({ applications: [annotated(shop(target.url), annotations)] });
    await gateway.call("GET", PATH).catch(() => undefined);
    await gateway.inFlight(0);
    equal((await gateway.call("GET", PATH)).status, 503);
    equal(target.calls.length, 1);
  }
});

test("gateway limits - what callers do, 4xx and missing tokens do not open the breaker", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/404") await call.respond(404);
    else if (call.path !== "/waits") await call.respond(200);
  });
  const credentials = {
    type: "OAuth",
    secretName: "oauth",
    authenticationUrl: "http://127.0.0.1:1/token",
  };
  const annotations = { "appconn.dev/circuit-breaker": "1/1h" };
  const written = shop(target.url);
  await using gateway = await startGateway({
    applications: [
      annotated(written, annotations),
      annotated({ ...shop(target.url, { credentials }), metadata: { name: "other" } }, annotations),
    ],
    secrets: { oauth: { clientId: "c", clientSecret: "s" } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/404")).status, 404);
  const uploading = await gateway.connect();
  await uploading.request("PUT", "/shop/orders-api/waits", { headers: ["Content-Length: 1000000"] });
  await uploading.send(Buffer.alloc(100_000));
  await target.call(2);
  uploading.reset();
  const waiting = await gateway.connect();
  await waiting.request("GET", "/shop/orders-api/waits");
  await target.call(3);
  waiting.reset();
  await gateway.inFlight(0);
  equal((await gateway.call("GET", PATH)).status, 200);
  for (let call = 0; call < 3; call++) {
    equal((await gateway.call("GET", "/other/orders-api/x")).header("X-Gateway-Error"), "token");
  }
});

test("gateway limits - one Application's limits are not another's, at the same target", async () => {
  await using target = await startTarget();
  const other = { ...shop(target.url), metadata: { name: "other" } };
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), { "appconn.dev/rate-limit": "1/1h" }), other],
  });
  equal((await gateway.call("GET", PATH)).status, 200);
  equal((await gateway.call("GET", PATH)).status, 429);
  for (let call = 0; call < 3; call++) equal((await gateway.call("GET", "/other/orders-api/x")).status, 200);
});

test("gateway limits - a call that is repeated after 401 counts once", async () => {
  await using target = await startTarget(async (call) => {
    await call.respond(target.calls.length % 2 === 1 ? 401 : 200);
  });
  const application = shop(target.url, { credentials: { type: "Basic", secretName: "basic" } });
  await using gateway = await startGateway({
    applications: [
      annotated(application, { "appconn.dev/rate-limit": "2/1h", "appconn.dev/concurrency-limit": "1" }),
    ],
    secrets: { basic: { username: "u", password: "p" } },
  });
  for (const expected of [200, 200, 429]) equal((await gateway.call("GET", PATH)).status, expected);
  equal(target.calls.length, 4);
});
