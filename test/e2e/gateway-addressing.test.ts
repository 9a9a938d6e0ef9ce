import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { api, application, service, shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

const BAD_PATH = { code: 400, error: "failed to extract API Identifier from path" };

for (const path of ["/", "//", "/shop", "/shop/", "///shop///"]) {
  test(`gateway addressing - ${path} names no API on 8080 and is refused with 400`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", path);
    equal(answer.status, 400);
    deepEqual(answer.json(), BAD_PATH);
    equal(answer.header("X-Gateway-Error"), "request");
    equal(target.calls.length, 0);
  });
}

for (const path of ["/", "/shop/orders-api", "/shop/orders-api/", "//shop//"]) {
  test(`gateway addressing - ${path} names no entry on 8082 and is refused with 400`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", path, { listener: "compass" });
    equal(answer.status, 400);
    deepEqual(answer.json(), BAD_PATH);
    equal(target.calls.length, 0);
  });
}

interface Row {
  readonly asked: string;
  readonly sent: string;
  /** Path of `targetUrl`. */
  readonly base?: string;
}

const ROWS: readonly Row[] = [
  { asked: "/shop/orders-api", sent: "/" },
  { asked: "/shop/orders-api/", sent: "/" },
  { asked: "/shop/orders-api", base: "/base", sent: "/base" },
  { asked: "/shop/orders-api/", base: "/base/", sent: "/base/" },
  { asked: "/shop/orders-api/orders/123", base: "/base", sent: "/base/orders/123" },
  { asked: "/shop/orders-api/orders/123", base: "/base/", sent: "/base/orders/123" },
  { asked: "/shop/orders-api/orders/", base: "/base", sent: "/base/orders" },
  { asked: "/shop/orders-api/orders///", base: "/base", sent: "/base/orders" },
  { asked: "//shop/orders-api/x", sent: "/x" },
  { asked: "/shop/orders-api/a//b", sent: "/a//b" },
  { asked: "/shop/orders-api/a:b", sent: "/a:b" },
  { asked: "/shop/orders-api/1:b", sent: "/1:b" },
  { asked: "/shop/orders-api?x=1", sent: "/?x=1" },
  { asked: "/shop/orders-api/?x=1", sent: "/?x=1" },
  { asked: "/shop/orders-api/x?", sent: "/x?" },
  { asked: "http://gateway.test/shop/orders-api/x?y=1", sent: "/x?y=1" },
];

for (const { asked, base = "", sent } of ROWS) {
  test(`gateway addressing - ${asked} on 8080 with a target at "${base}" calls ${sent}`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url + base)] });
    const answer = await gateway.call("GET", asked);
    equal(answer.status, 200);
    equal(target.last.path, sent);
  });
}

test("gateway addressing - the rest of a path that begins with slashes is a path, not a host name", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(`${target.url}/base`)] });
  const answer = await gateway.call("GET", "/shop/orders-api///b");
  equal(answer.status, 200);
  equal(target.last.header("Host"), target.host);
  equal(target.last.path.replace(/\/+/g, "/"), "/base/b");
});

test("gateway addressing - 8082 takes three segments off the path", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(`${target.url}/base`)] });
  const answer = await gateway.call("GET", "/shop/orders-api/rest-v1/orders/1?x=1", { listener: "compass" });
  equal(answer.status, 200);
  equal(target.last.path, "/base/orders/1?x=1");
});

test("gateway addressing - 8082 without further path calls the target's own path", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(`${target.url}/base`)] });
  equal((await gateway.call("GET", "/shop/orders-api/rest-v1/", { listener: "compass" })).status, 200);
  equal(target.last.path, "/base");
});

for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"]) {
  test(`gateway addressing - ${method} reaches the target`, async () => {
    await using target = await startTarget(async (call) => {
      await call.body;
      // An answer to HEAD has no body, but may name the length that GET would get.
      await call.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (call.method === "HEAD" ? "" : "ok"));
    });
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call(method, "/shop/orders-api/x");
    equal(answer.status, 200);
    equal(answer.header("Content-Length"), "2");
    equal(target.last.method, method);
  });
}

for (const headers of [[], ["Access-Token: Bearer own"]]) {
  const token = headers.length === 0 ? "" : " with a token of the caller";
  test(`gateway addressing - TRACE${token} is refused, because a target that echoes it would hand out credentials`, async () => {
    await using target = await startTarget(async (call) => {
      await call.body;
      await call.respond(200, { "Content-Type": "message/http" }, target.transcripts.join(""));
    });
    await using gateway = await startGateway({
      applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
      secrets: { basic: { username: "user", password: "pass" } },
    });
    await using client = await gateway.connect();
    await client.request("TRACE", "/shop/orders-api/x", { headers });
    const answer = await client.response();
    equal(answer.status, 405);
    equal(answer.header("X-Gateway-Error"), "request");
    const allowed = answer.header("Allow")?.split(", ") ?? [];
    deepEqual(
      ["GET", "POST", "PROPFIND", "TRACE", "CONNECT"].map((method) => allowed.includes(method)),
      [true, true, true, false, false],
    );
    equal(target.accepted, 0);
    await client.request("GET", "/shop/orders-api/x");
    equal((await client.response()).status, 200, "the connection is as good as before");
  });
}

test("gateway addressing - TRACE is refused on 8082 and where the Host names the service, too", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("TRACE", "/shop/orders-api/rest-v1/x", { listener: "compass" })).status, 405);
  const hosted = { headers: ["Host: shop-id-of-orders-api.kyma-integration"] };
  equal((await gateway.call("TRACE", "/x", hosted)).status, 405);
  equal(target.accepted, 0);
});

test("gateway addressing - CONNECT is refused and opens no tunnel", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(`CONNECT ${target.host} HTTP/1.1\r\nHost: ${target.host}\r\n\r\n`);
  const answer = await client.response();
  equal(answer.status, 405);
  equal(answer.header("X-Gateway-Error"), "request");
  deepEqual(answer.json(), {
    code: 405,
    error: "CONNECT is refused: the gateway is no proxy for other hosts",
  });
  const allowed = answer.header("Allow")?.split(", ") ?? [];
  deepEqual(
    ["GET", "POST", "TRACE", "CONNECT"].map((method) => allowed.includes(method)),
    [true, true, false, false],
  );
  await client.closed;
  equal(target.accepted, 0);
});

for (const path of [
  "/my%2Dapp/orders-api/x",
  "/%73hop/orders-api/x",
  "/SHOP/orders-api/x",
  "/shop/Orders%20API/x",
]) {
  test(`gateway addressing - names are compared literally: ${path} is 404`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [shop(target.url), application("my-app", [service("Orders API", [api(target.url)])])],
    });
    const answer = await gateway.call("GET", path);
    equal(answer.status, 404);
    equal(target.calls.length, 0);
  });
}

test("gateway addressing - an empty service segment is 404", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop//x");
  equal(answer.status, 404);
  deepEqual(answer.json(), { code: 404, error: "service with name  not found" });
});

test("gateway addressing - a display name that normalises to nothing answers to the empty segment", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [application("shop", [service("---", [api(target.url)])])],
  });
  equal((await gateway.call("GET", "/shop//x")).status, 200);
  equal(target.last.path, "/x");
});

for (const name of ["..", "%2e%2e", "a%b", "sh op"]) {
  test(`gateway addressing - ${name} is no Application and is 404 or 400, never 500`, async () => {
    await using gateway = await startGateway({ applications: [] });
    await using client = await gateway.connect();
    await client.request("GET", `/${name}/orders-api/x`);
    const answer = await client.response();
    equal(answer.status, name === "sh op" ? 400 : 404);
  });
}

for (const rest of [
  "..",
  "../x",
  "a/../../x",
  "%2e%2e/x",
  "%2E%2e/x",
  ".%2e/x",
  "..%2fx",
  "a/%2e%2e/%2e%2e/x",
  "..;/x",
  "..\\x",
  "%2e%2e%5cx",
]) {
  for (const encodeUrl of [true, false]) {
    test(`gateway addressing - ${rest} cannot leave the target's path (encodeUrl ${encodeUrl})`, async () => {
      await using target = await startTarget();
      await using gateway = await startGateway({
        applications: [shop(`${target.url}/base`, {}, { encodeUrl })],
      });
      const answer = await gateway.call("GET", `/shop/orders-api/${rest}`);
      if (answer.status === 400) {
        deepEqual(answer.json(), BAD_PATH);
        equal(target.calls.length, 0);
      } else {
        // What is passed on must stay below the base however the target reads it.
        const { pathname } = new URL(
          target.last.path.replaceAll("%2F", "/").replaceAll("%5C", "/"),
          target.url,
        );
        equal(pathname.startsWith("/base/"), true, target.last.path);
      }
    });
  }
}

test("gateway addressing - dot segments that stay within the target's path pass", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(`${target.url}/base`)] });
  equal((await gateway.call("GET", "/shop/orders-api/a/../b")).status, 200);
  equal(target.last.path, "/base/a/../b");
});

test("gateway addressing - preserveTrailingSlash passes the slash at the end", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(`${target.url}/base`)],
    options: { preserveTrailingSlash: true },
  });
  await gateway.call("GET", "/shop/orders-api/orders/");
  equal(target.last.path, "/base/orders/");
});

test("gateway addressing - a failing token server never touches the target", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget((call) => call.respond(500));
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
      }),
    ],
    secrets: { oauth: { clientId: "id", clientSecret: "secret" } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 502);
  equal(target.accepted, 0);
});
