import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget } from "../doubles/target.ts";

const get = (path: string) => `GET /shop/orders-api/${path} HTTP/1.1\r\nHost: g\r\n\r\n`;

test("gateway pipelining - calls sent without waiting are answered in their order", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(get("1") + get("unknown/../..") + get("3"));
  const statuses = [await client.response(), await client.response(), await client.response()];
  deepEqual(
    statuses.map(({ status }) => status),
    [200, 400, 200],
  );
});

test("gateway pipelining - the end of one call does not take the deadline from the next", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path.endsWith("answered")) await answersOk(call);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 200 },
  });
  await using client = await gateway.connect();
  await client.send(get("answered") + get("hangs"));
  equal((await client.response()).status, 200);
  equal((await client.response()).status, 504);
});
