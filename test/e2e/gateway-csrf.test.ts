import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { api, application, service, shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startTarget, type Answering, type Target } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const SECRETS = {
  basic: { username: "user", password: "pass" },
  oauth: { clientId: "id", clientSecret: "s" },
};
const BASIC_VALUE = `Basic ${Buffer.from("user:pass").toString("base64")}`;

/** `/csrf` answers with these header lines, everything else with 200. */
function answersCsrf(lines: readonly string[], status = 200): Answering {
  return async (call) => {
    await call.body;
    if (!call.path.startsWith("/csrf")) return call.respond(200);
    const head = [`HTTP/1.1 ${status} Status`, ...lines, "Content-Length: 4"];
    await call.write(`${head.join("\r\n")}\r\n\r\nbody`);
  };
}

const TOKEN_AND_COOKIES = [
  "X-Csrf-Token: token-1",
  "Set-Cookie: session=s1; Path=/; HttpOnly",
  "Set-Cookie: node=n1; Max-Age=3600",
];

function protectedShop(target: Target, type = "Basic", path = "/csrf") {
  const tokenEndpointURL = target.url + path;
  return shop(target.url, { credentials: { type, secretName: "basic", csrfInfo: { tokenEndpointURL } } });
}

test("gateway CSRF - the token request has the service's credentials and nothing of the caller's", async () => {
  await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
  await using gateway = await startGateway({
    applications: [protectedShop(target, "Basic", "/csrf?sap-client=1")],
    secrets: SECRETS,
  });
  const answer = await gateway.call("POST", "/shop/orders-api/x?y=1", { headers: ["X-Own: 1"], body: "b" });
  equal(answer.status, 200);
  const [fetched] = target.calls;
  equal(fetched?.method, "GET");
  equal(fetched?.path, "/csrf?sap-client=1");
  equal(fetched?.header("Authorization"), BASIC_VALUE);
  equal(fetched?.header("X-Csrf-Token"), "fetch");
  equal(fetched?.header("Accept"), "*/*");
  equal(fetched?.header("Cache-Control"), "no-cache");
  equal(fetched?.header("X-Own"), undefined);
});

for (const method of ["GET", "POST", "DELETE"]) {
  test(`gateway CSRF - ${method} carries token and cookies`, async () => {
    await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
    await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
    await gateway.call(method, "/shop/orders-api/x", {
      headers: ["X-Csrf-Token: the caller's", "Cookie: mine=m1; session=stale", "Cookie: other=o1"],
    });
    deepEqual(target.last.headerAll("X-Csrf-Token"), ["token-1"]);
    equal(target.last.headerAll("Cookie").length, 1);
    deepEqual(target.last.header("Cookie")?.split("; ").toSorted(), [
      "mine=m1",
      "node=n1",
      "other=o1",
      "session=s1",
    ]);
  });
}

test("gateway CSRF - token and cookies are fetched once and kept", async () => {
  await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
  await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
  for (let call = 0; call < 3; call++) await gateway.call("POST", "/shop/orders-api/x");
  deepEqual(
    target.calls.map(({ path }) => path),
    ["/csrf", "/x", "/x", "/x"],
  );
});

test("gateway CSRF - an answer without token replaces the caller's by an empty one", async () => {
  await using target = await startTarget(answersCsrf([]));
  await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
  await gateway.call("POST", "/shop/orders-api/x", { headers: ["X-Csrf-Token: the caller's"] });
  deepEqual(target.last.headerAll("X-Csrf-Token"), [""]);
});

test("gateway CSRF - the configured parameters of the API are not part of the token request", async () => {
  await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        requestParametersSecretName: "parameters",
        credentials: {
          type: "Basic",
          secretName: "basic",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: { ...SECRETS, parameters: { headers: '{"X-Api-Key":["k"]}', queryParameters: '{"q":["1"]}' } },
  });
  await gateway.call("POST", "/shop/orders-api/x");
  const [fetched] = target.calls;
  equal(fetched?.path, "/csrf");
  equal(fetched?.header("X-Api-Key"), undefined);
  equal(target.last.path, "/x?q=1");
  equal(target.last.header("X-Api-Key"), "k");
});

test("gateway CSRF - it shares the OAuth token with the call", async () => {
  await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
  await using tokens = await startTarget(answersTokens());
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: {
          type: "OAuth",
          secretName: "oauth",
          authenticationUrl: `${tokens.url}/token`,
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: SECRETS,
  });
  await gateway.call("POST", "/shop/orders-api/x");
  equal(tokens.calls.length, 1);
  deepEqual(
    target.calls.map((call) => call.header("Authorization")),
    ["Bearer token-1", "Bearer token-1"],
  );
});

test("gateway CSRF - a token that the endpoint refuses is renewed once for all calls, and no call fails", async () => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget(async (call) => {
    await call.body;
    const valid = call.header("Authorization") === "Bearer token-2";
    if (call.path !== "/csrf") return call.respond(valid ? 200 : 500);
    await call.respond(valid ? 200 : 401, { "X-Csrf-Token": "t" });
  });
  const csrfInfo = { tokenEndpointURL: `${target.url}/csrf` };
  const credentials = { secretName: "oauth", authenticationUrl: provider.tokenUrl, csrfInfo };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "OAuth", ...credentials } })],
    secrets: SECRETS,
  });
  const calls = Array.from({ length: 10 }, () => gateway.call("POST", "/shop/orders-api/x"));
  for (const answer of await Promise.all(calls)) equal(answer.status, 200);
  equal(provider.requests.length, 2);
});

test("gateway CSRF - a token that the endpoint refuses again is not renewed for ever", async () => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget((call) => call.respond(401));
  const csrfInfo = { tokenEndpointURL: `${target.url}/csrf` };
  const credentials = { secretName: "oauth", authenticationUrl: provider.tokenUrl, csrfInfo };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "OAuth", ...credentials } })],
    secrets: SECRETS,
  });
  const answer = await gateway.call("POST", "/shop/orders-api/x");
  deepEqual([answer.status, answer.header("X-Gateway-Error")], [502, "csrf"]);
  equal(provider.requests.length, 2);
  equal(target.calls.length, 2);
});

test("gateway CSRF - without credentials there is none", async () => {
  await using target = await startTarget(answersCsrf(TOKEN_AND_COOKIES));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await gateway.call("POST", "/shop/orders-api/x", { headers: ["X-Csrf-Token: own"] });
  deepEqual(
    target.calls.map(({ path }) => path),
    ["/x"],
  );
  equal(target.last.header("X-Csrf-Token"), "own");
});

test("gateway CSRF - Applications that use one endpoint with different users do not share tokens", async () => {
  await using target = await startTarget(async (call) => {
    await call.body;
    await call.respond(
      200,
      call.path === "/csrf" ? { "X-Csrf-Token": `for ${call.header("Authorization")}` } : {},
    );
  });
  const entry = (secretName: string) => ({
    credentials: { type: "Basic", secretName, csrfInfo: { tokenEndpointURL: `${target.url}/csrf` } },
  });
  await using gateway = await startGateway({
    applications: [
      application("one", [service("s", [api(target.url, entry("one"))])]),
      application("two", [service("s", [api(target.url, entry("two"))])]),
    ],
    secrets: { one: { username: "one", password: "p" }, two: { username: "two", password: "p" } },
  });
  for (const name of ["one", "two"]) {
    await gateway.call("POST", `/${name}/s/x`);
    equal(target.last.header("X-Csrf-Token"), `for Basic ${Buffer.from(`${name}:p`).toString("base64")}`);
  }
});

test("gateway CSRF - many callers at once fetch one token", async () => {
  const release = Promise.withResolvers<void>();
  const answer = answersCsrf(TOKEN_AND_COOKIES);
  await using target = await startTarget(async (call) => {
    if (call.path === "/csrf") await release.promise;
    await answer(call);
  });
  await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
  const calls = Array.from({ length: 50 }, () => gateway.call("POST", "/shop/orders-api/x"));
  await gateway.inFlight(50);
  release.resolve();
  for (const { status } of await Promise.all(calls)) equal(status, 200);
  equal(target.calls.filter(({ path }) => path === "/csrf").length, 1);
});

test("gateway CSRF - redirects of the endpoint are followed", async () => {
  const answer = answersCsrf(TOKEN_AND_COOKIES);
  await using target = await startTarget(async (call) => {
    if (call.path === "/csrf") await call.respond(302, { Location: "/csrf/real" });
    else await answer(call);
  });
  await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
  await gateway.call("POST", "/shop/orders-api/x");
  equal(target.last.header("X-Csrf-Token"), "token-1");
});

for (const status of [401, 404, 500, 204]) {
  test(`gateway CSRF - an endpoint that answers ${status} is 502 and the target is not called`, async () => {
    await using target = await startTarget(answersCsrf([], status));
    await using gateway = await startGateway({ applications: [protectedShop(target)], secrets: SECRETS });
    const answer = await gateway.call("POST", "/shop/orders-api/x");
    equal(answer.status, 502);
    deepEqual(answer.json(), {
      code: 502,
      error: `incorrect response code '${status}' while getting token from ${target.url}/csrf`,
    });
    equal(answer.header("X-Gateway-Error"), "csrf");
    equal(
      target.calls.every(({ path }) => path === "/csrf"),
      true,
    );
  });
}
