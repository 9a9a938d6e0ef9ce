import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { api, application, service, shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget, type Target } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const OAUTH_SECRET = { clientId: "my id", clientSecret: "s:e&c=r+et/ä" };

function oauth(tokens: Target, path = "/token") {
  return {
    credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: tokens.url + path },
  } as const;
}

test("gateway authentication - without credentials the caller's own Authorization passes", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("GET", "/shop/orders-api/x", { headers: ["Authorization: Bearer own"] });
  deepEqual(target.last.headerAll("Authorization"), ["Bearer own"]);
});

for (const type of ["", "NoAuth"]) {
  test(`gateway authentication - credentials of type "${type}" with a Secret inject nothing`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [shop(target.url, { credentials: { type, secretName: "s" } })],
      secrets: { s: { username: "u", password: "p" } },
    });
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
    equal(target.last.header("Authorization"), undefined);
  });
}

for (const [username, password] of [
  ["user", "pass"],
  ["user", ""],
  ["", ""],
  ["Jürgen", "pä:ss wörd"],
] as const) {
  test(`gateway authentication - Basic sends "${username}" and "${password}" as UTF-8`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
      secrets: { basic: { username, password } },
    });
    await gateway.call("GET", "/shop/orders-api/x", { headers: ["Authorization: Bearer own"] });
    deepEqual(target.last.headerAll("Authorization"), [
      `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
    ]);
  });
}

test("gateway authentication - missing keys of a Basic Secret count as empty", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: { basic: { other: "x" } },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  equal(target.last.header("Authorization"), "Basic Og==");
});

test("gateway authentication - the OAuth token request is exactly that of the original", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersTokens());
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens, "/oauth/token?tenant=a"))],
    secrets: { oauth: OAUTH_SECRET },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  deepEqual(target.last.headerAll("Authorization"), ["Bearer token-1"]);
  const request = tokens.last;
  equal(request.method, "POST");
  equal(request.path, "/oauth/token?tenant=a");
  equal(
    request.header("Authorization"),
    `Basic ${Buffer.from(`${OAUTH_SECRET.clientId}:${OAUTH_SECRET.clientSecret}`).toString("base64")}`,
  );
  equal(request.header("Content-Type"), "application/x-www-form-urlencoded");
  equal(request.header("User-Agent"), undefined);
  equal(
    await request.text(),
    "client_id=my+id&client_secret=s%3Ae%26c%3Dr%2Bet%2F%C3%A4&grant_type=client_credentials",
  );
});

test("gateway authentication - headers and parameters of an OAuth Secret go to the token endpoint alone", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersTokens());
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens, "/token?a=1"))],
    secrets: {
      oauth: {
        ...OAUTH_SECRET,
        headers: '{"X-Tenant":["t1"],"authorization":["ignored"]}',
        queryParameters: '{"scope":["read"],"a":["2"]}',
      },
    },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  equal(tokens.last.path, "/token?a=1&scope=read");
  equal(tokens.last.header("X-Tenant"), "t1");
  match(tokens.last.header("Authorization") ?? "", /^Basic /);
  equal(tokens.last.headerAll("Authorization").length, 1);
  equal(target.last.header("X-Tenant"), undefined);
  equal(target.last.path, "/x");
});

test("gateway authentication - Bearer is the word whatever token_type says, and the token is kept", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget((call) =>
    call.respond(200, {}, '{"access_token":"t","token_type":"mac","scope":"x","expires_in":3600}'),
  );
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: { oauth: OAUTH_SECRET },
  });
  for (let call = 0; call < 3; call++) await gateway.call("GET", "/shop/orders-api/x");
  equal(target.last.header("Authorization"), "Bearer t");
  equal(tokens.calls.length, 1);
});

test("gateway authentication - one token serves both listeners", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersTokens());
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: { oauth: OAUTH_SECRET },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  await gateway.call("GET", "/shop/orders-api/rest-v1/x", { listener: "compass" });
  equal(tokens.calls.length, 1);
});

test("gateway authentication - 1000 callers on a cold token cause one token request and all succeed", async () => {
  await using target = await startTarget();
  const release = Promise.withResolvers<void>();
  const issue = answersTokens();
  await using tokens = await startTarget(async (call) => {
    await release.promise;
    await issue(call);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: { oauth: OAUTH_SECRET },
  });
  const calls = Array.from({ length: 1000 }, () => gateway.call("GET", "/shop/orders-api/x"));
  await gateway.inFlight(1000);
  release.resolve();
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  deepEqual(new Set(statuses), new Set([200]));
  equal(tokens.calls.length, 1);
});

test("gateway authentication - services that differ in the token request alone do not share tokens", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(async (call) => {
    const token = `for-${new URL(call.path, "http://t").searchParams.get("tenant")}`;
    await call.respond(200, {}, JSON.stringify({ access_token: token, expires_in: 3600 }));
  });
  const credentials = (secretName: string) => ({
    credentials: { type: "OAuth", secretName, authenticationUrl: `${tokens.url}/token` },
  });
  await using gateway = await startGateway({
    applications: [
      application("shop", [
        service("one", [api(target.url, credentials("one"))]),
        service("two", [api(target.url, credentials("two"))]),
      ]),
    ],
    secrets: {
      one: { ...OAUTH_SECRET, queryParameters: '{"tenant":["one"]}' },
      two: { ...OAUTH_SECRET, queryParameters: '{"tenant":["two"]}' },
    },
  });
  await gateway.call("GET", "/shop/one/x");
  equal(target.last.header("Authorization"), "Bearer for-one");
  await gateway.call("GET", "/shop/two/x");
  equal(target.last.header("Authorization"), "Bearer for-two");
});

test("gateway authentication - a token endpoint that redirects is followed", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(async (call) => {
    await call.body;
    if (call.path === "/token") await call.respond(307, { Location: "/elsewhere" });
    else await call.respond(200, {}, '{"access_token":"t","expires_in":3600}');
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: { oauth: OAUTH_SECRET },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(target.last.header("Authorization"), "Bearer t");
  deepEqual(
    tokens.calls.map(({ method, path }) => `${method} ${path}`),
    ["POST /token", "POST /elsewhere"],
  );
});

for (const expiresIn of [undefined, 0, -1]) {
  test(`gateway authentication - expires_in ${expiresIn} does not mean a token request for every call`, async () => {
    await using target = await startTarget();
    await using tokens = await startTarget(answersTokens({ expiresIn }));
    await using gateway = await startGateway({
      applications: [shop(target.url, oauth(tokens))],
      secrets: { oauth: OAUTH_SECRET },
    });
    for (let call = 0; call < 3; call++) await gateway.call("GET", "/shop/orders-api/x");
    equal(tokens.calls.length, 1);
  });
}

test("gateway authentication - a changed Secret is used for the very next call", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: { basic: { username: "u", password: "old" } },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  gateway.applySecret("basic", { username: "u", password: "new" });
  await gateway.call("GET", "/shop/orders-api/x");
  equal(target.last.header("Authorization"), `Basic ${Buffer.from("u:new").toString("base64")}`);
});
