import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const BASIC = { credentials: { type: "Basic", secretName: "basic" } } as const;
const SECRETS = {
  basic: { username: "user", password: "pass" },
  oauth: { clientId: "id", clientSecret: "s" },
};
const BASIC_VALUE = `Basic ${Buffer.from("user:pass").toString("base64")}`;

test("gateway access token - its value becomes Authorization verbatim and the header goes no further", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  for (const value of ["Bearer user-token", "Basic dXNlcjp4", "anything at all"]) {
    await gateway.call("GET", "/shop/orders-api/x", { headers: [`access-TOKEN: ${value}`] });
    deepEqual(target.last.headerAll("Authorization"), [value]);
    equal(target.last.header("Access-Token"), undefined);
  }
});

test("gateway access token - the first of several values counts", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: ["Access-Token: Bearer one", "Access-Token: Bearer two"],
  });
  deepEqual(target.last.headerAll("Authorization"), ["Bearer one"]);
  equal(target.last.header("Access-Token"), undefined);
});

test("gateway access token - it overrides the caller's own Authorization, also without credentials", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", {
    headers: ["Authorization: Bearer own", "Access-Token: Bearer handed"],
  });
  deepEqual(target.last.headerAll("Authorization"), ["Bearer handed"]);
});

test("gateway access token - an empty one is ignored and passed on", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["Access-Token:"] });
  deepEqual(target.last.headerAll("Authorization"), [BASIC_VALUE]);
  equal(target.last.header("Access-Token"), "");
});

test("gateway access token - an empty first one is ignored with those that follow it", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["Access-Token:", "Access-Token: Bearer two"] });
  deepEqual(target.last.headerAll("Authorization"), [BASIC_VALUE]);
  deepEqual(target.last.headerAll("Access-Token"), ["", "Bearer two"]);
});

test("gateway access token - no token is requested for the registered credentials", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersTokens());
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
      }),
    ],
    secrets: SECRETS,
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x", { headers: ["Access-Token: Bearer mine"] });
  equal(answer.status, 200);
  equal(tokens.calls.length, 0);
});

for (const status of [401, 403]) {
  test(`gateway access token - after ${status} the call is not repeated with the technical credentials`, async () => {
    await using target = await startTarget((call) => call.respond(status, {}, "no"));
    await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
    const answer = await gateway.call("GET", "/shop/orders-api/x", {
      headers: ["Access-Token: Bearer mine"],
    });
    equal(answer.status, status);
    equal(target.calls.length, 1);
  });
}

test("gateway access token - the CSRF token is fetched with it, for this call alone", async () => {
  await using target = await startTarget(async (call) => {
    await call.body;
    if (call.path === "/csrf")
      await call.respond(200, { "X-Csrf-Token": `for ${call.header("Authorization")}` });
    else await call.respond(200);
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: {
          type: "Basic",
          secretName: "basic",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: SECRETS,
  });
  await gateway.call("POST", "/shop/orders-api/x", { headers: ["Access-Token: Bearer one"] });
  equal(target.last.header("X-Csrf-Token"), "for Bearer one");
  await gateway.call("POST", "/shop/orders-api/x", { headers: ["Access-Token: Bearer two"] });
  equal(target.last.header("X-Csrf-Token"), "for Bearer two");
  await gateway.call("POST", "/shop/orders-api/x");
  equal(target.last.header("X-Csrf-Token"), `for ${BASIC_VALUE}`);
});

test("gateway access token - after 403 only the CSRF token is fetched again, with the same token", async () => {
  let fetched = 0;
  await using target = await startTarget(async (call) => {
    await call.body;
    if (call.path === "/csrf") return call.respond(200, { "X-Csrf-Token": String(++fetched) });
    await call.respond(call.header("X-Csrf-Token") === "2" ? 200 : 403);
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: {
          type: "Basic",
          secretName: "basic",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: SECRETS,
  });
  const answer = await gateway.call("POST", "/shop/orders-api/x", {
    headers: ["Access-Token: Bearer mine"],
    body: "again",
  });
  equal(answer.status, 200);
  deepEqual(
    target.calls.map((call) => [call.path, call.header("Authorization")]),
    [
      ["/csrf", "Bearer mine"],
      ["/x", "Bearer mine"],
      ["/csrf", "Bearer mine"],
      ["/x", "Bearer mine"],
    ],
  );
  equal(await target.last.text(), "again");
});
