import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import { annotated } from "../doubles/annotated.ts";
import { api, application, service } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

/** `/shop/orders/…` and `/shop/prices/…` at the same target. */
function twoServices(targetUrl: string, annotations: Readonly<Record<string, string>>): New<Application> {
  const services = [service("Orders", [api(targetUrl)]), service("Prices", [api(targetUrl)])];
  return annotated(application("shop", services), annotations);
}

test("gateway settings - a timeout of one service ends its calls alone", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using target = await startTarget(async (call) => {
    await released;
    await call.respond(200);
  });
  await using gateway = await startGateway({
    applications: [twoServices(target.url, { "orders.appconn.dev/timeout": "100ms" })],
  });
  const other = gateway.call("GET", "/shop/prices/x");
  const answer = await gateway.call("GET", "/shop/orders/x");
  deepEqual(answer.json(), { code: 504, error: "target did not answer within 100ms" });
  release();
  equal((await other).status, 200);
});

test("gateway settings - an answer may pause for as long as its API may", async () => {
  await using target = await startTarget(async (call) => {
    await call.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  });
  await using gateway = await startGateway({
    applications: [twoServices(target.url, { "orders.appconn.dev/stream-idle-timeout": "100ms" })],
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders/x");
  await target.call(1);
  await target.last.closed;
  await gateway.inFlight(0);
  deepEqual(
    gateway.finished.map(({ reason }) => reason),
    ["the target sent nothing more of its answer for 100ms"],
  );
});

test("gateway settings - X-Forwarded-* headers are stripped for one service and appended for the other", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [twoServices(target.url, { "orders.appconn.dev/forwarded-headers": "strip" })],
  });
  await gateway.call("GET", "/shop/orders/x", { headers: ["X-Forwarded-For: 192.0.2.1"] });
  equal(target.last.header("x-forwarded-for"), undefined);
  await gateway.call("GET", "/shop/prices/x", { headers: ["X-Forwarded-For: 192.0.2.1"] });
  equal(target.last.header("x-forwarded-for"), "192.0.2.1, 127.0.0.1");
});

test("gateway settings - a slash at the end of the path is preserved for one service alone", async () => {
  await using target = await startTarget();
  const annotations = { "orders.appconn.dev/preserve-trailing-slash": "true" };
  await using gateway = await startGateway({ applications: [twoServices(target.url, annotations)] });
  for (const path of ["/shop/orders/a/", "/shop/prices/a/", "/shop/orders/", "/shop/prices/"]) {
    await gateway.call("GET", path);
  }
  deepEqual(
    target.calls.map(({ path }) => path),
    ["/a/", "/a", "/", "/"],
  );
  gateway.apply(twoServices(target.url, { "appconn.dev/preserve-trailing-slash": "true" }));
  await gateway.call("GET", "/shop/prices/a/");
  equal(target.last.path, "/a/");
});

test("gateway settings - an API with a value that is none is not called, and the others are", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [twoServices(target.url, { "orders.appconn.dev/timeout": "soon" })],
  });
  const answer = await gateway.call("GET", "/shop/orders/x");
  equal(answer.status, 500);
  equal(answer.header("X-Gateway-Error"), "config");
  deepEqual(answer.json(), {
    code: 500,
    error: `annotation 'orders.appconn.dev/timeout' of the Application must be a duration from 1ms to 24h like "30s"`,
  });
  equal(target.calls.length, 0);
  equal((await gateway.call("GET", "/shop/prices/x")).status, 200);
});
