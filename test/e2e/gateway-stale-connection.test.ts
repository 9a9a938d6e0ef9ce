import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget, type Answering } from "../doubles/target.ts";

/** Answers the first call of every connection and closes it, without a word, when a second one comes. */
function closesKeptConnections(): Answering {
  const served = new Set<number>();
  return async (call) => {
    if (served.has(call.connection)) return call.reset();
    served.add(call.connection);
    await answersOk(call);
  };
}

async function twoCalls(method: string, body?: string) {
  await using target = await startTarget(closesKeptConnections());
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call(method, "/shop/orders-api/x", { body })).status, 200);
  const second = await gateway.call(method, "/shop/orders-api/x", { body });
  return { status: second.status, attempts: gateway.finished[1]?.attempts };
}

for (const method of ["GET", "OPTIONS"]) {
  test(`gateway stale connection - ${method} is sent again when the target has closed the kept connection`, async () => {
    deepEqual(await twoCalls(method), { status: 200, attempts: 2 });
  });
}

for (const method of ["POST", "DELETE", "PATCH"]) {
  test(`gateway stale connection - ${method} is not sent twice: it may have been carried out`, async () => {
    deepEqual(await twoCalls(method, "body"), { status: 502, attempts: 1 });
  });
}

test("gateway stale connection - a new connection that is closed is not tried again", async () => {
  await using target = await startTarget((call) => call.reset());
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 502);
  equal(target.calls.length, 1);
});

test("gateway stale connection - a safe call is sent again over a new connection: other kept ones may be as dead", async () => {
  const both = Promise.withResolvers<void>();
  const closing = closesKeptConnections();
  let answered = 0;
  await using target = await startTarget(async (call) => {
    // Two at a time, so that two connections are kept.
    if (++answered === 2) both.resolve();
    await both.promise;
    await closing(call);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const call = () => gateway.call("GET", "/shop/orders-api/x");
  deepEqual(
    (await Promise.all([call(), call()])).map(({ status }) => status),
    [200, 200],
  );
  equal((await call()).status, 200);
});
