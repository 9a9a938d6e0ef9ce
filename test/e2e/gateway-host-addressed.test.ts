import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { api, application, service } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

const ID = "6c0e5ad8-92f4-4d2e-9a4f-8f5a1f6f0a11";

const host = (name: string, rest = ".kyma-integration.svc.cluster.local") => `Host: ${name}-${ID}${rest}`;

function legacy(name: string, targetUrl: string) {
  return application(name, [service("Orders API", [api(targetUrl)], { id: ID })]);
}

const ROWS: readonly (readonly [asked: string, base: string, sent: string])[] = [
  ["/", "", "/"],
  ["/orders/123", "/base", "/base/orders/123"],
  ["/orders/", "/base", "/base/orders/"],
  ["/a/b/c?x=1", "/base?y=2", "/base/a/b/c?y=2&x=1"],
  ["/Xyz('123')", "", "/Xyz('123')"],
  ["/a%2Fb", "", "/a/b"],
  ["/a%20b", "", "/a%20b"],
  ["/a%7Cb('x')", "", "/a%7Cb%28%27x%27%29"],
];

for (const [asked, base, sent] of ROWS) {
  test(`gateway host addressing - ${asked} at a target with "${base}" calls ${sent}`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [legacy("shop", target.url + base)] });
    equal((await gateway.call("GET", asked, { headers: [host("shop")] })).status, 200);
    equal(target.last.path, sent);
    equal(target.last.header("Host"), target.host);
  });
}

for (const rest of ["", ":8080", ".kyma-integration", ".kyma-integration.svc.cluster.local:80"]) {
  test(`gateway host addressing - a Host that goes on with "${rest}" is recognised`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [legacy("shop", target.url)] });
    equal((await gateway.call("GET", "/x", { headers: [host("shop", rest)] })).status, 200);
  });
}

test("gateway host addressing - of a long Application name 26 characters count", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [legacy("a".repeat(27) + "bbb", target.url)] });
  equal((await gateway.call("GET", "/x", { headers: [host("a".repeat(26))] })).status, 200);
  equal((await gateway.call("GET", "/x/y", { headers: [host("a".repeat(27))] })).status, 404);
});

test("gateway host addressing - Applications that are cut to the same name are ambiguous", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [legacy(`${"a".repeat(26)}x`, target.url), legacy(`${"a".repeat(26)}y`, target.url)],
  });
  const answer = await gateway.call("GET", "/x", { headers: [host("a".repeat(26))] });
  equal(answer.status, 400);
  equal(answer.header("X-Gateway-Error"), "request");
  equal(target.calls.length, 0);
});

test("gateway host addressing - any other Host is addressed by its path", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [legacy("shop", target.url)] });
  for (const name of [
    "shop",
    "shop-",
    `shop-${ID}x`,
    `x-shop-${ID}`,
    ID,
    "central-application-gateway.kyma-system:8080",
  ]) {
    equal((await gateway.call("GET", "/shop/orders-api/x", { headers: [`Host: ${name}`] })).status, 200);
    equal(target.last.path, "/x");
  }
});

test("gateway host addressing - 8082 does not know it", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [legacy("shop", target.url)] });
  const answer = await gateway.call("GET", "/x", { listener: "compass", headers: [host("shop")] });
  equal(answer.status, 400);
  equal(target.calls.length, 0);
});

test("gateway host addressing - the last API entry of the service is called", async () => {
  await using first = await startTarget();
  await using last = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("Orders", [api(first.url, { name: "a" }), api(last.url, { name: "b" }), { type: "Events" }], {
          id: ID,
        }),
      ]),
    ],
  });
  equal((await gateway.call("GET", "/x", { headers: [host("shop")] })).status, 200);
  deepEqual([first.calls.length, last.calls.length], [0, 1]);
});

test("gateway host addressing - a service without an API is 400", async () => {
  await using gateway = await startGateway({
    applications: [application("shop", [service("Events", [{ type: "Events", name: "e" }], { id: ID })])],
  });
  const answer = await gateway.call("GET", "/x", { headers: [host("shop")] });
  equal(answer.status, 400);
  deepEqual(answer.json(), { code: 400, error: `service with ID '${ID}' has no API` });
});

test("gateway host addressing - X-Forwarded headers are removed and none is added", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [legacy("shop", target.url)] });
  await gateway.call("GET", "/x", {
    headers: [
      host("shop"),
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: h",
      "X-Forwarded-Client-Cert: c",
    ],
  });
  equal(/x-forwarded/i.test(target.last.head.raw), false);
});

test("gateway host addressing - redirects and 5xx pass unchanged", async () => {
  await using target = await startTarget((call) =>
    call.respond(call.path === "/moved" ? 302 : 503, { Location: `${target.url}/there` }),
  );
  await using gateway = await startGateway({ applications: [legacy("shop", target.url)] });
  const moved = await gateway.call("GET", "/moved", { headers: [host("shop")] });
  equal(moved.header("Location"), `${target.url}/there`);
  const failed = await gateway.call("GET", "/failed", { headers: [host("shop")] });
  equal(failed.status, 503);
  equal(failed.header("Target-System-Status"), undefined);
});

test("gateway host addressing - a target that does not answer in time is 502", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [legacy("shop", target.url)],
    options: { proxyTimeout: 100 },
  });
  equal((await gateway.call("GET", "/x", { headers: [host("shop")] })).status, 502);
});

for (const path of ["/../x", "/a/../../x", "/%2e%2e/x", "/a/%2E%2E/%2e%2e/x"]) {
  test(`gateway host addressing - ${path} cannot leave the target's path`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [legacy("shop", `${target.url}/base`)] });
    equal((await gateway.call("GET", path, { headers: [host("shop")] })).status, 400);
    equal(target.calls.length, 0);
  });
}

test("gateway host addressing - credentials are injected as everywhere", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("Orders", [api(target.url, { credentials: { type: "Basic", secretName: "basic" } })], {
          id: ID,
        }),
      ]),
    ],
    secrets: { basic: { username: "u", password: "p" } },
  });
  await gateway.call("GET", "/x", { headers: [host("shop")] });
  equal(target.last.header("Authorization"), `Basic ${Buffer.from("u:p").toString("base64")}`);
});
