import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

const ORDERS = "spiffe://cluster.local/ns/shop/sa/orders";
const CALLERS = { "appconn.dev/allowed-callers": ORDERS };

test("gateway callers - an identity counts from a trusted proxy, its last line and last element", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), CALLERS)],
    options: { trustedXfccProxies: ["127.0.0.1"] },
  });
  const call = async (...headers: string[]) =>
    (await gateway.call("GET", "/shop/orders-api/x", { headers })).status;
  equal(await call(`X-Forwarded-Client-Cert: By=spiffe://b;Hash=00;URI=${ORDERS}`), 200);
  equal(
    await call("X-Forwarded-Client-Cert: URI=spiffe://evil", `X-Forwarded-Client-Cert: URI=${ORDERS}`),
    200,
  );
  equal(
    await call(`X-Forwarded-Client-Cert: URI=${ORDERS}`, "X-Forwarded-Client-Cert: URI=spiffe://evil"),
    403,
  );
  equal(await call(), 403);
  equal(target.calls.length, 2);
});

test("gateway callers - without a trusted proxy nobody has an identity, and is told so", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), CALLERS)] });
  const headers = [`X-Forwarded-Client-Cert: URI=${ORDERS}`];
  const answer = await gateway.call("GET", "/shop/orders-api/x", { headers });
  deepEqual(answer.json(), {
    code: 403,
    error: "this caller may not call the API: a trusted proxy of a service mesh must say who it is",
  });
  equal(answer.header("X-Gateway-Error"), "policy");
  equal(target.accepted, 0);
});

test("gateway callers - a network is that of the connection, also for calls by the name of an Access Service", async () => {
  await using target = await startTarget();
  const limited = (networks: string) =>
    annotated(shop(target.url), { "appconn.dev/allowed-networks": networks });
  await using gateway = await startGateway({ applications: [limited("192.0.2.0/24")] });
  const headers = ["X-Forwarded-For: 192.0.2.1"];
  equal((await gateway.call("GET", "/shop/orders-api/x", { headers })).status, 403);
  const hosted = [...headers, "Host: shop-id-of-orders-api"];
  equal((await gateway.call("GET", "/x", { headers: hosted })).status, 403);
  equal(target.accepted, 0);
  gateway.apply(limited("127.0.0.0/8"));
  equal((await gateway.call("GET", "/shop/orders-api/x", { headers })).status, 200);
  equal((await gateway.call("GET", "/x", { headers: hosted })).status, 200);
});

test("gateway callers - who may not call uses up nothing of a limit", async () => {
  await using target = await startTarget();
  const annotations = { ...CALLERS, "appconn.dev/rate-limit": "1/1h" };
  await using gateway = await startGateway({
    applications: [annotated(shop(target.url), annotations)],
    options: { trustedXfccProxies: ["127.0.0.0/8"] },
  });
  for (let call = 0; call < 5; call++) equal((await gateway.call("GET", "/shop/orders-api/x")).status, 403);
  const headers = [`X-Forwarded-Client-Cert: URI=${ORDERS}`];
  equal((await gateway.call("GET", "/shop/orders-api/x", { headers })).status, 200);
});
