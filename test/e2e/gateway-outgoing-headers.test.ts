import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway, type Gateway } from "../doubles/gateway.ts";
import { startTarget, type Target } from "../doubles/target.ts";

const BASIC = { credentials: { type: "Basic", secretName: "basic" } } as const;
const SECRETS = { basic: { username: "user", password: "pass" } };
const BASIC_VALUE = `Basic ${Buffer.from("user:pass").toString("base64")}`;

/** A gateway whose Application has the given headers configured, and its target. */
async function withHeaders(
  headers: Readonly<Record<string, readonly string[]>>,
): Promise<{ gateway: Gateway; target: Target; [Symbol.asyncDispose](): Promise<void> }> {
  const target = await startTarget();
  const gateway = await startGateway({
    applications: [shop(target.url, { ...BASIC, requestParametersSecretName: "parameters" })],
    secrets: { ...SECRETS, parameters: { headers: JSON.stringify(headers) } },
  });
  return {
    gateway,
    target,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

test("gateway outgoing headers - the caller's headers pass with repetitions, order and case", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: ["X-One: 1", "x-TWO: a", "Accept: text/plain", "x-TWO: b", "X-Latin: caf\u00e9"],
  });
  const { head } = target.last;
  deepEqual(head.headerAll("x-two"), ["a", "b"]);
  equal(head.raw.includes("x-TWO: a\r\n"), true);
  equal(head.header("x-one"), "1");
  equal(head.header("x-latin"), "caf\u00e9");
  deepEqual(head.headerAll("accept"), ["text/plain"]);
});

test("gateway outgoing headers - Host is the target's", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["Host: shop.example.com"] });
  deepEqual(target.last.headerAll("Host"), [target.host]);
});

test("gateway outgoing headers - nothing is added that the caller did not send", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x");
  const names = target.last.head.headers
    .filter((_, index) => index % 2 === 0)
    .map((name) => name.toLowerCase());
  deepEqual(
    names.filter((name) => name !== "connection").toSorted(),
    ["host", "x-forwarded-for"],
    "no User-Agent, no Accept-Encoding, no trace headers",
  );
});

test("gateway outgoing headers - User-Agent and Accept-Encoding pass when the caller sends them", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["User-Agent: me/1", "Accept-Encoding: br"] });
  equal(target.last.header("User-Agent"), "me/1");
  equal(target.last.header("Accept-Encoding"), "br");
});

test("gateway outgoing headers - tracing headers pass unchanged", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const traces = {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    tracestate: "a=b",
    b3: "1",
    "x-b3-traceid": "2",
    "x-request-id": "3",
    "x-ot-span-context": "4",
  };
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: Object.entries(traces).map(([name, value]) => `${name}: ${value}`),
  });
  for (const [name, value] of Object.entries(traces)) deepEqual(target.last.headerAll(name), [value]);
});

const HOP_BY_HOP = [
  "Proxy-Connection: keep-alive",
  "Keep-Alive: timeout=5",
  "Proxy-Authenticate: Basic",
  "Proxy-Authorization: Basic cHJveHk6cHJveHk=",
  "TE: gzip",
  "Trailer: X-Later",
];

for (const line of HOP_BY_HOP) {
  test(`gateway outgoing headers - hop-by-hop "${line}" stays with the gateway`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    equal((await gateway.call("GET", "/shop/orders-api/x", { headers: [line] })).status, 200);
    equal(target.last.header(line.slice(0, line.indexOf(":"))), undefined);
  });
}

test("gateway outgoing headers - what Connection names is hop-by-hop too", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: ["Connection: close, X-Secret-Hop", "X-Secret-Hop: 1", "X-Kept: 2"],
  });
  equal(target.last.header("X-Secret-Hop"), undefined);
  equal(target.last.header("X-Kept"), "2");
});

test("gateway outgoing headers - TE: trailers is passed on", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["TE: gzip, trailers", "Connection: TE"] });
  equal(target.last.header("TE"), "trailers");
});

for (const named of ["authorization", "x-csrf-token", "cookie", "host", "content-length"]) {
  test(`gateway outgoing headers - "Connection: ${named}" cannot take away what the gateway injects`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
    const answer = await gateway.call("POST", "/shop/orders-api/x", {
      headers: [`Connection: ${named}`],
      body: "body",
    });
    equal(answer.status, 200);
    equal(target.last.header("Authorization"), BASIC_VALUE);
    equal(target.last.header("Host"), target.host);
    equal(await target.last.text(), "body");
  });
}

test("gateway outgoing headers - configured headers are added with all their values", async () => {
  await using scene = await withHeaders({ "X-Api-Key": ["k1"], "X-Many": ["a", "b"] });
  await scene.gateway.call("GET", "/shop/orders-api/x");
  equal(scene.target.last.header("X-Api-Key"), "k1");
  deepEqual(scene.target.last.headerAll("X-Many"), ["a", "b"]);
});

test("gateway outgoing headers - the caller's header wins over a configured one, without regard to case", async () => {
  await using scene = await withHeaders({ "x-api-key": ["configured"] });
  await scene.gateway.call("GET", "/shop/orders-api/x", { headers: ["X-Api-Key: caller"] });
  deepEqual(scene.target.last.headerAll("X-Api-Key"), ["caller"]);
});

test("gateway outgoing headers - injected credentials win over a configured Authorization", async () => {
  await using scene = await withHeaders({ Authorization: ["Bearer configured"] });
  await scene.gateway.call("GET", "/shop/orders-api/x");
  deepEqual(scene.target.last.headerAll("Authorization"), [BASIC_VALUE]);
});

test("gateway outgoing headers - a configured User-Agent counts when the caller sent none", async () => {
  await using scene = await withHeaders({ "User-Agent": ["configured/1"] });
  await scene.gateway.call("GET", "/shop/orders-api/x");
  deepEqual(scene.target.last.headerAll("User-Agent"), ["configured/1"]);
  await scene.gateway.call("GET", "/shop/orders-api/x", { headers: ["User-Agent: caller/1"] });
  deepEqual(scene.target.last.headerAll("User-Agent"), ["caller/1"]);
});

for (const [name, value] of [
  ["Host", "elsewhere"],
  ["Content-Length", "999"],
  ["Transfer-Encoding", "chunked"],
  ["Connection", "close"],
  ["Upgrade", "websocket"],
  ["Keep-Alive", "timeout=1"],
  ["TE", "trailers"],
  ["Proxy-Authorization", "Basic eA=="],
] as const) {
  test(`gateway outgoing headers - a configured ${name} is ignored`, async () => {
    await using scene = await withHeaders({ [name]: [value], "X-Kept": ["1"] });
    const answer = await scene.gateway.call("POST", "/shop/orders-api/x", { body: "body" });
    equal(answer.status, 200);
    equal(scene.target.last.header("X-Kept"), "1");
    equal(scene.target.last.headerAll(name).includes(value), false);
    equal(await scene.target.last.text(), "body");
  });
}

test("gateway outgoing headers - X-Forwarded-For gets the caller's address, the others pass", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: [
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-For: 10.0.0.2",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: h",
      "X-Forwarded-Client-Cert: By=spiffe://a",
    ],
  });
  const { last } = target;
  deepEqual(last.headerAll("X-Forwarded-For"), ["10.0.0.1, 10.0.0.2, 127.0.0.1"]);
  equal(last.header("X-Forwarded-Proto"), "https");
  equal(last.header("X-Forwarded-Host"), "h");
  equal(last.header("X-Forwarded-Client-Cert"), "By=spiffe://a");
});

test("gateway outgoing headers - forwardedHeaders strip removes all four and adds none", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { forwardedHeaders: "strip" },
  });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: [
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: h",
      "X-Forwarded-Client-Cert: c",
    ],
  });
  equal(/x-forwarded/i.test(target.last.head.raw), false);
});

test("gateway outgoing headers - a body keeps its framing: Content-Length or chunks", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  for (const method of ["POST", "DELETE", "GET", "PATCH"]) {
    await gateway.call(method, "/shop/orders-api/x", { body: "hello" });
    equal(await target.last.text(), "hello", method);
    deepEqual(target.last.headerAll("Content-Length"), ["5"], method);
    await gateway.call(method, "/shop/orders-api/x", {
      headers: ["Transfer-Encoding: chunked"],
      body: "5\r\nhello\r\n0\r\n\r\n",
    });
    equal(await target.last.text(), "hello", `${method} in chunks`);
  }
  deepEqual(target.unreadable, []);
});

test("gateway outgoing headers - an explicit Content-Length: 0 reaches the target", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("POST", "/shop/orders-api/x", { headers: ["Content-Length: 0"] });
  deepEqual(target.last.headerAll("Content-Length"), ["0"]);
});
