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

const post = (...lines: string[]) =>
  `POST /shop/orders-api/x HTTP/1.1\r\n${["Host: g", "Content-Length: 5", ...lines].join("\r\n")}\r\n\r\nhello`;

/** What may follow a whole request that is still being answered, and how it is answered itself. */
const UNREADABLE: Readonly<Record<string, readonly [bytes: string, status: number]>> = {
  "a malformed request": ["GET /shop/orders-api/b c HTTP/1.1\r\nHost: g\r\n\r\n", 400],
  "bytes that are no request": ["\u0000\u0001\u0002", 400],
  "too large a header": [`GET / HTTP/1.1\r\nX-Padding: ${"x".repeat(128 * 1024)}\r\n\r\n`, 431],
  "a head that does not end": ["GET /shop/orders-api/slow HTTP/1.1\r\nX-", 408],
  CONNECT: ["CONNECT g:80 HTTP/1.1\r\nHost: g\r\n\r\n", 405],
};

for (const [what, [bytes, status]] of Object.entries(UNREADABLE)) {
  test(`gateway pipelining - a call that came whole gets its own answer before ${what} behind it does`, async () => {
    await using target = await startTarget(async () => {});
    await using gateway = await startGateway({
      applications: [shop(target.url)],
      options: { requestTimeout: 500 },
    });
    await using client = await gateway.connect();
    await client.send(post());
    const call = await target.call(1);
    equal(await call.text(), "hello");
    await client.send(bytes);
    // It is under way as well.
    await gateway.inFlight(2);
    await call.respond(201, {}, "created");
    const answer = await client.response();
    equal(answer.status, 201);
    equal(answer.text, "created");
    const refused = await client.response();
    equal(refused.status, status);
    equal(refused.header("Connection"), "close");
    await client.send(get("behind"));
    await client.closed;
    equal(client.responses.length, 2);
    equal(target.calls.length, 1);
  });
}

test("gateway pipelining - good calls and a malformed one in one packet are answered in their order, and nothing behind it", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(
    get("1") + get("unknown/../..") + post() + "GET /b c HTTP/1.1\r\nHost: g\r\n\r\n" + get("4"),
  );
  await client.closed;
  deepEqual(
    client.responses.map(({ status }) => status),
    [200, 400, 200, 400],
  );
  deepEqual(target.calls.map(({ path }) => path).toSorted(), ["/1", "/x"]);
});

test("gateway pipelining - bytes behind a call that is the last of its connection do not cost it its answer", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(post("Connection: close") + get("behind"));
  const call = await target.call(1);
  equal(await call.text(), "hello");
  await call.respond(201);
  equal((await client.response()).status, 201);
  await client.closed;
  equal(client.responses.length, 1);
  equal(target.calls.length, 1);
});

test("gateway pipelining - a running stream is not cut by malformed bytes behind its request", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(get("stream"));
  const call = await target.call(1);
  await call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  const answer = await client.head();
  await client.send("GET /b c HTTP/1.1\r\nHost: g\r\n\r\n");
  equal((await gateway.call("GET", "/nobody/x")).status, 404);
  await call.write("6\r\n world\r\n0\r\n\r\n");
  equal((await answer.body).toString(), "hello world");
  equal((await client.response()).status, 400);
  await client.closed;
});

test("gateway pipelining - a malformed body of a call that has its answer already gets no second one", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/nobody/x", { headers: ["Transfer-Encoding: chunked"] });
  equal((await client.response()).status, 404);
  await client.send("zz\r\n");
  await client.closed;
  equal(client.responses.length, 1);
});
