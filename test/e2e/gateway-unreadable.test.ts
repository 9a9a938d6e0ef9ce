import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { accessLine } from "../../src/telemetry/access-line.ts";
import { GatewayMetrics } from "../../src/telemetry/gateway-metrics.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

interface Left {
  readonly bytes: string;
  readonly status: number;
  readonly method?: string;
  readonly path?: string;
}

const UNREADABLE: Readonly<Record<string, Left>> = {
  "two ways to delimit one body": {
    bytes:
      "POST /shop/x?key=s3cret HTTP/1.1\r\nHost: g\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    status: 400,
    method: "POST",
    path: "/shop/x",
  },
  "a blank in the path": {
    bytes: "GET /shop/b c HTTP/1.1\r\nHost: g\r\n\r\n",
    status: 400,
    method: "GET",
    path: "/shop/b",
  },
  "bytes that are no request": { bytes: "\u0000\u0001s3cret\u0002 / HTTP/1.1\r\n\r\n", status: 400 },
  "an unknown method": { bytes: "S3CRET / HTTP/1.1\r\nHost: g\r\n\r\n", status: 400 },
  "headers that are too large": {
    bytes: `GET /shop/x HTTP/1.1\r\nCookie: ${"s3cret".repeat(20_000)}\r\n\r\n`,
    status: 431,
  },
  "a head that does not end": { bytes: "GET /shop/x HTTP/1.1\r\nCookie: s3cret", status: 408 },
  CONNECT: {
    bytes: "CONNECT g:80 HTTP/1.1\r\nHost: g\r\n\r\n",
    status: 405,
    method: "CONNECT",
    path: "g:80",
  },
  "an expectation that cannot be met": {
    bytes: "GET /shop/x HTTP/1.1\r\nHost: g\r\nExpect: s3cret\r\n\r\n",
    status: 417,
    method: "GET",
    path: "/shop/x",
  },
};

for (const [protocol, bytes] of [
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"],
] as const) {
  test(`gateway unreadable - whoever begins with ${protocol} is told that it is not spoken`, async () => {
    await using gateway = await startGateway();
    await using client = await gateway.connect();
    await client.send(Buffer.from(bytes, "latin1"));
    const { text } = await client.response();
    match(
      text,
      new RegExp(`"malformed request: ${protocol} is not spoken here: use HTTP/1\\.1 without TLS"`),
    );
  });
}

for (const [what, { bytes, status, method = "-", path = "" }] of Object.entries(UNREADABLE)) {
  test(`gateway unreadable - ${what} leaves an access line and is counted`, async () => {
    using metrics = new GatewayMetrics({ durationsPerApplication: true, clock: systemClock });
    await using gateway = await startGateway({ options: { requestTimeout: 200 } });
    await using client = await gateway.connect();
    await client.send(bytes);
    equal((await client.response()).status, status);
    await client.closed;
    await gateway.inFlight(0);
    equal(gateway.finished.length, 1);
    const [call] = gateway.finished;
    ok(call);
    equal(call.status, status);
    equal(call.origin, "gateway");
    equal(call.gatewayError, "request");
    equal(call.peer, "127.0.0.1");
    equal(call.listener, "manual");
    if (status !== 431) deepEqual([call.method, call.path], [method, path]);
    doesNotMatch(accessLine(call, 0), /s3cret/i);
    match(accessLine(call, 0), new RegExp(`"status":${status},`));
    const label = call.method === "-" ? "OTHER" : call.method;
    const series = [...metrics.text()].join("");
    match(
      series,
      new RegExp(`requests_total\\{[^}]*method="${label}",code="${status}",origin="gateway"\\} 1\n`),
    );
  });
}

test("gateway unreadable - a slow head on a kept connection is told and recorded too", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { requestTimeout: 300 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 200);
  await client.send("GET /shop/orders-api/slow HTTP/1.1\r\nX-Slow:");
  equal((await client.response()).status, 408);
  await client.closed;
  deepEqual(
    gateway.finished.map(({ status }) => status),
    [200, 408],
  );
});

test("gateway unreadable - nothing of bytes behind another request comes into a record", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { body: "hello" });
  equal((await client.response()).status, 200);
  await client.send("GET /s3cret HTTP/1.1\r\nX A: s3cret\r\n\r\n");
  equal((await client.response()).status, 400);
  await client.closed;
  const call = gateway.finished.at(-1);
  ok(call);
  deepEqual([call.method, call.path, call.status], ["-", "", 400]);
  doesNotMatch(accessLine(call, 0), /s3cret/);
});

test("gateway unreadable - a caller that goes without its answer is recorded as gone", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  await target.call(1);
  await client.send("no request\r\n\r\n");
  await gateway.inFlight(2);
  client.reset();
  await gateway.inFlight(0);
  deepEqual(
    gateway.finished.map(({ status }) => status),
    [499, 499],
  );
});

test("gateway unreadable - CONNECT behind several calls leaves none of them behind when the caller goes", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/1");
  await client.request("GET", "/shop/orders-api/2");
  await target.call(2);
  await client.send("CONNECT g:80 HTTP/1.1\r\nHost: g\r\n\r\n");
  await gateway.inFlight(3);
  client.reset();
  await gateway.inFlight(0);
});
