import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget } from "../doubles/target.ts";

const REFUSES = {
  "the target": { path: "/shop/orders-api/x", status: 413 },
  "the gateway": { path: "/nobody/x", status: 404 },
} as const;

for (const [who, { path, status }] of Object.entries(REFUSES)) {
  for (const framing of ["Content-Length: 100000000", "Transfer-Encoding: chunked"]) {
    test(`gateway early answer - ${who} answers before a large body (${framing}), and the connection is said to close`, async () => {
      await using target = await startTarget((call) => call.respond(413));
      await using gateway = await startGateway({ applications: [shop(target.url)] });
      await using client = await gateway.connect();
      await client.request("POST", path, { headers: [framing] });
      await client.send("5\r\nhello\r\n");
      const answer = await client.response();
      equal(answer.status, status);
      equal(answer.header("Connection"), "close");
      await client.closed;
    });
  }

  test(`gateway early answer - ${who} answers before a body of 800 kB, and the connection is kept`, async () => {
    await using target = await startTarget((call) => call.respond(413));
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using client = await gateway.connect();
    await client.request("POST", path, { headers: ["Content-Length: 800000"] });
    await client.send("begun");
    const answer = await client.response();
    equal(answer.status, status);
    equal(answer.header("Connection"), "keep-alive");
    target.answering = answersOk;
    await client.send(Buffer.alloc(800_000 - "begun".length));
    await client.request("GET", "/shop/orders-api/next");
    equal((await client.response()).status, 200);
    deepEqual(target.last.path, "/next");
  });
}

test("gateway early answer - 400 to an upgrade that cannot be made says that what follows it is not read", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(
    "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" +
      "GET /shop/orders-api/behind HTTP/1.1\r\nHost: g\r\n\r\n",
  );
  const answer = await client.response();
  equal(answer.status, 400);
  equal(answer.header("Connection"), "close");
  await client.closed;
  equal(client.responses.length, 1);
  equal(target.calls.length, 0);
});
