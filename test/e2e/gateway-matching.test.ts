import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { api, application, service, shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

const SEGMENTS: readonly (readonly [displayName: string, segment: string])[] = [
  ["Test Basic Auth", "test-basic-auth"],
  ["code 500", "code-500"],
  ["__Orders (v2)!!", "orders-v2"],
  ["Größe", "gr-e"],
];

for (const [displayName, segment] of SEGMENTS) {
  test(`gateway matching - the service "${displayName}" answers to ${segment}`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [
        application("shop", [service(displayName, [api(target.url)], { name: "other", id: "1" })]),
      ],
    });
    equal((await gateway.call("GET", `/shop/${segment}/x`)).status, 200);
    equal((await gateway.call("GET", "/shop/other/x")).status, 404);
    equal((await gateway.call("GET", "/shop/1/x")).status, 404);
  });
}

test("gateway matching - entries of type Events are not called", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [service("Events only", [{ type: "Events", name: "e", targetUrl: target.url }])]),
    ],
  });
  const answer = await gateway.call("GET", "/shop/events-only/x");
  equal(answer.status, 404);
  deepEqual(answer.json(), { code: 404, error: "service with name events-only not found" });
});

test("gateway matching - an Events entry beside an API entry does not make a call ambiguous", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [application("shop", [service("Both", [{ type: "Events", name: "e" }, api(target.url)])])],
  });
  equal((await gateway.call("GET", "/shop/both/x")).status, 200);
});

test("gateway matching - an unknown Application and an unknown service get the same 404 on 8080", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  for (const path of ["/nobody/orders/x", "/shop/orders/x"]) {
    const answer = await gateway.call("GET", path);
    equal(answer.status, 404);
    deepEqual(answer.json(), { code: 404, error: "service with name orders not found" });
    equal(answer.header("X-Gateway-Error"), "request");
  }
});

test("gateway matching - an unknown Application, service and entry get the same 404 on 8082", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  for (const path of ["/nobody/orders-api/v9/x", "/shop/orders-api/v9/x"]) {
    const answer = await gateway.call("GET", path, { listener: "compass" });
    equal(answer.status, 404);
    deepEqual(answer.json(), {
      code: 404,
      error: "service with name orders-api and entry name v9 not found",
    });
  }
});

test("gateway matching - a service with two APIs is ambiguous on 8080 and told apart on 8082", async () => {
  await using first = await startTarget();
  await using second = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("Bundle", [api(first.url, { name: "First API" }), api(second.url, { name: "second" })], {
          id: "bundle-1",
        }),
      ]),
    ],
  });
  const ambiguous = await gateway.call("GET", "/shop/bundle/x");
  equal(ambiguous.status, 400);
  deepEqual(ambiguous.json(), {
    code: 400,
    error:
      "failed to get service with name 'bundle': multiple services found: " +
      "service.ID: 'bundle-1', service.DisplayName: 'Bundle', entry.Name: 'First API' | " +
      "service.ID: 'bundle-1', service.DisplayName: 'Bundle', entry.Name: 'second'",
  });
  equal(ambiguous.header("X-Gateway-Error"), "request");
  equal((await gateway.call("GET", "/shop/bundle/first-api/x", { listener: "compass" })).status, 200);
  equal(first.calls.length, 1);
  equal((await gateway.call("GET", "/shop/bundle/second/x", { listener: "compass" })).status, 200);
  equal(second.calls.length, 1);
});

test("gateway matching - two services whose display names normalise alike are ambiguous on 8080", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("Orders API", [api(target.url)], { id: "1" }),
        service("orders  api", [api(target.url, { name: "other" })], { id: "2" }),
      ]),
    ],
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 400);
  deepEqual(answer.json(), {
    code: 400,
    error:
      "failed to get service with name 'orders-api': multiple services found: " +
      "service.ID: '1', service.DisplayName: 'Orders API', entry.Name: 'REST v1' | " +
      "service.ID: '2', service.DisplayName: 'orders  api', entry.Name: 'other'",
  });
});

test("gateway matching - duplicate entries are ambiguous on 8082 too", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("Bundle", [api(target.url, { name: "v1" }), api(target.url, { name: "V1" })], { id: "b" }),
      ]),
    ],
  });
  const answer = await gateway.call("GET", "/shop/bundle/v1/x", { listener: "compass" });
  equal(answer.status, 400);
  deepEqual(answer.json(), {
    code: 400,
    error:
      "failed to get service with name 'bundle' and entry name 'v1': multiple services found: " +
      "service.ID: 'b', service.DisplayName: 'Bundle', entry.Name: 'v1' | " +
      "service.ID: 'b', service.DisplayName: 'Bundle', entry.Name: 'V1'",
  });
  equal(target.calls.length, 0);
});

test("gateway matching - names that only differ in where Application and service part never meet", async () => {
  await using one = await startTarget();
  await using other = await startTarget();
  await using gateway = await startGateway({
    applications: [
      application("a", [service("bc", [api(one.url)])]),
      application("ab", [service("c", [api(other.url)])]),
    ],
  });
  await gateway.call("GET", "/a/bc/x");
  await gateway.call("GET", "/ab/c/x");
  deepEqual([one.calls.length, other.calls.length], [1, 1]);
});

test("gateway matching - a deleted Application is refused and a changed one is called as it is now", async () => {
  await using one = await startTarget();
  await using other = await startTarget();
  await using gateway = await startGateway({ applications: [shop(one.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  gateway.apply(shop(other.url));
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  deepEqual([one.calls.length, other.calls.length], [1, 1]);
  gateway.remove("shop");
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 404);
});
