import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

test("gateway timeouts - a target that does not answer within proxyTimeout is 504, and its connection is freed", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 200 },
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 504);
  deepEqual(answer.json(), { code: 504, error: "target did not answer within 200ms" });
  equal(answer.header("X-Gateway-Error"), "target");
  equal(answer.header("Target-System-Status"), undefined);
  await target.last.closed;
});

test("gateway timeouts - headers that trickle do not extend proxyTimeout", async () => {
  await using target = await startTarget(async (call) => {
    await call.write("HTTP/1.1 200 OK\r\n");
    while (call.isOpen) {
      await call.write("X-A: b\r\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 200 },
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 504);
  await target.last.closed;
});

test("gateway timeouts - informational answers do not extend proxyTimeout", async () => {
  await using target = await startTarget(async (call) => {
    while (call.isOpen) {
      await call.write("HTTP/1.1 102 Processing\r\n\r\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 200 },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 504);
  await target.last.closed;
});

test("gateway timeouts - the repetition after 401 has a fresh proxyTimeout", async () => {
  await using target = await startTarget(async (call) => {
    if (target.calls.length > 1) return;
    await new Promise((resolve) => setTimeout(resolve, 400));
    await call.respond(401);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: { basic: { username: "u", password: "p" } },
    options: { proxyTimeout: 600 },
  });
  const begun = performance.now();
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 504);
  equal(target.calls.length, 2);
  ok(performance.now() - begun >= 990);
});

test("gateway timeouts - a refused connection is 502", async () => {
  const target = await startTarget();
  const { url, port } = target;
  await target[Symbol.asyncDispose]();
  await using gateway = await startGateway({ applications: [shop(url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  deepEqual(answer.json(), { code: 502, error: "the call to the target failed: the connection was refused" });
  equal(answer.header("X-Gateway-Error"), "target");
  equal(answer.header("Content-Type"), "application/json;charset=UTF-8");
  equal(answer.text.includes(String(port)), false, "no internal address");
});

test("gateway timeouts - a host name that does not resolve is 502", async () => {
  await using gateway = await startGateway({ applications: [shop("http://nowhere.invalid/")] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  match((answer.json() as { error: string }).error, /^the call to the target failed: its host name/);
});

test("gateway timeouts - a target that never finishes its TLS handshake is 504", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using gateway = await startGateway({
    applications: [shop(`https://127.0.0.1:${port}`)],
    options: { proxyTimeout: 200 },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 504);
  server.close();
});

test("gateway timeouts - a target whose certificate is not trusted is 502, and skipVerify calls it", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await startTarget(undefined, { tls: { cert: crt, key } });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  match((answer.json() as { error: string }).error, /certificate/);
  equal(target.calls.length, 0);
  gateway.apply(shop(target.url, {}, { skipVerify: true }));
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  gateway.apply(shop(target.url));
  equal(
    (await gateway.call("GET", "/shop/orders-api/x")).status,
    502,
    "an unverified connection is not reused",
  );
});

test("gateway timeouts - a plain target that is called with https is 502", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url.replace("http:", "https:"))] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 502);
});

test("gateway timeouts - an unsupported scheme and a missing host are 502", async () => {
  for (const url of ["ftp://127.0.0.1/x", "127.0.0.1/x", "http:///x", "https://:443/x", "/x"]) {
    await using gateway = await startGateway({ applications: [shop(url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 502, url);
    ok(answer.header("X-Gateway-Error"));
  }
});

for (const framing of ["Content-Length: 1000", "Content-Length: 1000000", "Transfer-Encoding: chunked"]) {
  for (const sent of ["", "4\r\npart\r\n"]) {
    const after = sent === "" ? "before" : "inside";
    test(`gateway timeouts - a caller that stops ${after} its body (${framing}) is 502 and its connection closed`, async () => {
      await using target = await startTarget();
      await using gateway = await startGateway({
        applications: [shop(target.url)],
        options: { requestTimeout: 300, proxyTimeout: 5000 },
      });
      await using client = await gateway.connect();
      await client.request("POST", "/shop/orders-api/x", { headers: [framing] });
      await client.send(sent);
      const answer = await client.response();
      equal(answer.status, 502);
      equal(answer.header("X-Gateway-Error"), "request");
      await client.closed;
      for (const call of target.calls) await call.closed;
    });
  }
}

test("gateway timeouts - a caller that stops inside its body while a 401 is held is told so, not the target", async () => {
  await using target = await startTarget((call) => call.respond(401, {}, "who are you"));
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: { basic: { username: "u", password: "p" } },
    options: { requestTimeout: 300, streamIdleTimeout: 1000 },
  });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
  await client.send("4\r\npart\r\n");
  const answer = await client.response();
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "request");
  deepEqual(answer.json(), { code: 502, error: "the caller sent nothing of its body for 300ms" });
  await client.closed;
  equal(target.calls.length, 1);
});

test("gateway timeouts - a caller that keeps sending slowly is served", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { requestTimeout: 400, proxyTimeout: 400 },
  });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
  for (let piece = 0; piece < 8; piece++) {
    await client.send("1\r\nx\r\n");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await client.send("0\r\n\r\n");
  equal((await client.response()).status, 200);
  equal(await target.last.text(), "xxxxxxxx");
});

test("gateway timeouts - an idle connection of a caller is closed after requestTimeout", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { requestTimeout: 300 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 200);
  await client.closed;
});

for (const [name, url] of [
  ["link-local", "http://169.254.169.254/latest/meta-data"],
  ["private", "http://10.1.2.3/x"],
] as const) {
  test(`gateway timeouts - a target in a denied ${name} network is refused by policy`, async () => {
    await using gateway = await startGateway({
      applications: [shop(url)],
      deniedNetworks: ["10.0.0.0/8", "169.254.0.0/16"],
    });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 502);
    equal(answer.header("X-Gateway-Error"), "policy");
  });
}

test("gateway timeouts - a name that resolves into a denied network is refused by policy", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(`http://localhost:${target.port}`)],
    deniedNetworks: ["127.0.0.0/8", "::1"],
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "policy");
  equal(target.accepted, 0);
});
