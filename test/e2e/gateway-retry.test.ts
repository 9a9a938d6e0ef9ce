import { deepEqual, equal } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget, type Answering, type Target } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const SECRETS = {
  basic: { username: "user", password: "pass" },
  oauth: { clientId: "id", clientSecret: "s" },
};
const BASIC = { credentials: { type: "Basic", secretName: "basic" } } as const;

function oauth(tokens: Target) {
  return {
    credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
  } as const;
}

/** `status` for the first request that it applies to, 200 with the request's body for all later ones. */
function refusesFirst(status: number): Answering {
  let refused = false;
  return async (call) => {
    const body = await call.text();
    if (refused) return call.respond(200, {}, body);
    refused = true;
    await call.respond(status, { "WWW-Authenticate": "Bearer" }, "refused");
  };
}

for (const status of [401, 403]) {
  test(`gateway retry - after ${status} the call is made again with a new token and the same body`, async () => {
    await using target = await startTarget(refusesFirst(status));
    await using tokens = await startTarget(answersTokens());
    await using gateway = await startGateway({
      applications: [shop(target.url, oauth(tokens))],
      secrets: SECRETS,
    });
    const answer = await gateway.call("POST", "/shop/orders-api/x?y=1", {
      headers: ["X-Own: 1"],
      body: "hello",
    });
    equal(answer.status, 200);
    equal(answer.text, "hello");
    equal(answer.header("WWW-Authenticate"), undefined);
    deepEqual(
      target.calls.map((call) => [
        call.method,
        call.path,
        call.header("X-Own"),
        call.header("Authorization"),
      ]),
      [
        ["POST", "/x?y=1", "1", "Bearer token-1"],
        ["POST", "/x?y=1", "1", "Bearer token-2"],
      ],
    );
    equal(tokens.calls.length, 2);
  });
}

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
  test(`gateway retry - ${method} is repeated by default`, async () => {
    await using target = await startTarget(refusesFirst(401));
    await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
    equal((await gateway.call(method, "/shop/orders-api/x", { body: "b" })).status, 200);
    equal(target.calls.length, 2);
  });
}

test("gateway retry - a second refusal is final and comes with its own body", async () => {
  let count = 0;
  await using target = await startTarget((call) => call.respond(403, {}, `refused ${++count}`));
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 403);
  equal(answer.text, "refused 2");
  equal(target.calls.length, 2);
});

test("gateway retry - a 5xx after the repetition becomes 502 as always", async () => {
  let count = 0;
  await using target = await startTarget((call) => call.respond(count++ === 0 ? 401 : 503, {}, "later"));
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("Target-System-Status"), "503");
  equal(answer.text, "later");
});

for (const status of [400, 404, 407, 419, 429, 500, 503]) {
  test(`gateway retry - ${status} is not repeated`, async () => {
    await using target = await startTarget((call) => call.respond(status));
    await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
    await gateway.call("GET", "/shop/orders-api/x");
    equal(target.calls.length, 1);
  });
}

test("gateway retry - without credentials nothing can change, so nothing is repeated", async () => {
  await using target = await startTarget((call) => call.respond(401, {}, "no"));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 401);
  equal(answer.text, "no");
  equal(target.calls.length, 1);
});

test("gateway retry - where no new token can be had the caller gets 502", async () => {
  await using target = await startTarget((call) => call.respond(401, {}, "no"));
  const issue = answersTokens();
  await using tokens = await startTarget((call) =>
    tokens.calls.length === 1 ? issue(call) : call.respond(503),
  );
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: SECRETS,
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "token");
  equal(answer.header("Target-System-Status"), undefined);
  equal(target.calls.length, 1);
});

test("gateway retry - the CSRF token and its cookies are fetched again and replaced", async () => {
  let fetched = 0;
  await using target = await startTarget(async (call) => {
    await call.body;
    if (call.path === "/csrf") {
      const number = ++fetched;
      return call.respond(200, { "X-Csrf-Token": `t${number}`, "Set-Cookie": `session=s${number}; Path=/` });
    }
    await call.respond(call.header("X-Csrf-Token") === "t1" ? 403 : 200);
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: { ...BASIC.credentials, csrfInfo: { tokenEndpointURL: `${target.url}/csrf` } },
      }),
    ],
    secrets: SECRETS,
  });
  equal(
    (await gateway.call("POST", "/shop/orders-api/x", { headers: ["Cookie: own=1"], body: "b" })).status,
    200,
  );
  equal(target.last.header("X-Csrf-Token"), "t2");
  deepEqual(target.last.headerAll("Cookie")[0]?.split("; ").toSorted(), ["own=1", "session=s2"]);
});

test("gateway retry - a body that was sent in chunks is repeated whole", async () => {
  await using target = await startTarget(refusesFirst(401));
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  const answer = await gateway.call("POST", "/shop/orders-api/x", {
    headers: ["Transfer-Encoding: chunked"],
    body: "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
  });
  equal(answer.status, 200);
  equal(answer.text, "hello world");
});

test("gateway retry - a large body within retryBufferBytes is repeated byte for byte", async () => {
  const body = randomBytes(1024 * 1024);
  await using target = await startTarget(refusesFirst(401));
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  equal((await gateway.call("PUT", "/shop/orders-api/x", { body })).status, 200);
  equal((await target.last.body).equals(body), true);
});

test("gateway retry - a refusal that comes before the body has been sent still repeats all of it", async () => {
  const body = randomBytes(512 * 1024);
  let refused = false;
  await using target = await startTarget(async (call) => {
    if (refused) return call.respond(200, {}, String((await call.body).length));
    refused = true;
    await call.respond(401, {}, "at once");
  });
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  await using client = await gateway.connect();
  await client.send(`PUT /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nContent-Length: ${body.length}\r\n\r\n`);
  await client.send(body.subarray(0, 1000));
  await target.call(1);
  await client.send(body.subarray(1000));
  const answer = await client.response();
  equal(answer.status, 200);
  equal(answer.text, String(body.length));
});

test("gateway retry - a body beyond retryBufferBytes is not repeated and the refusal passes", async () => {
  await using target = await startTarget(refusesFirst(401));
  await using gateway = await startGateway({
    applications: [shop(target.url, BASIC)],
    secrets: SECRETS,
    options: { retryBufferBytes: 1000 },
  });
  const answer = await gateway.call("POST", "/shop/orders-api/x", { body: randomBytes(200_000) });
  equal(answer.status, 401);
  equal(answer.text, "refused");
  equal(target.calls.length, 1);
});

test("gateway retry - retryOnUnauthorized never passes every refusal", async () => {
  await using target = await startTarget(refusesFirst(401));
  await using gateway = await startGateway({
    applications: [shop(target.url, BASIC)],
    secrets: SECRETS,
    options: { retryOnUnauthorized: "never" },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 401);
});

test("gateway retry - retryOnUnauthorized safe-methods repeats GET and not POST", async () => {
  await using target = await startTarget((call) => call.respond(401));
  await using gateway = await startGateway({
    applications: [shop(target.url, BASIC)],
    secrets: SECRETS,
    options: { retryOnUnauthorized: "safe-methods" },
  });
  await gateway.call("GET", "/shop/orders-api/x");
  equal(target.calls.length, 2);
  await gateway.call("POST", "/shop/orders-api/x", { body: "b" });
  equal(target.calls.length, 3);
});

test("gateway retry - a Secret that has changed meanwhile is read again", async () => {
  await using target = await startTarget(async (call) => {
    if (target.calls.length === 1) gateway.applySecret("basic", { username: "user", password: "new" });
    const renewed = call.header("Authorization") === `Basic ${Buffer.from("user:new").toString("base64")}`;
    await call.respond(renewed ? 200 : 401);
  });
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(target.calls.length, 2);
});

test("gateway retry - a long repeated answer arrives whole", async () => {
  const body = "x".repeat(2 * 1024 * 1024);
  let count = 0;
  await using target = await startTarget((call) =>
    count++ === 0 ? call.respond(401) : call.respond(200, {}, body),
  );
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  equal((await gateway.call("GET", "/shop/orders-api/x")).text.length, body.length);
});

test("gateway retry - a refusal with an endless body neither blocks the repetition nor keeps its connection", async () => {
  let count = 0;
  await using target = await startTarget(async (call) => {
    if (count++ > 0) return call.respond(200, {}, "fine");
    await call.write("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  });
  await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.text, "fine");
  await target.calls[0]!.closed;
});

test("gateway retry - 200 callers who are refused together cause one new token request", async () => {
  await using target = await startTarget(async (call) => {
    await call.respond(call.header("Authorization") === "Bearer token-1" ? 401 : 200);
  });
  const issue = answersTokens();
  const releases = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using tokens = await startTarget(async (call) => {
    await releases[tokens.calls.length - 1]?.promise;
    await issue(call);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, oauth(tokens))],
    secrets: SECRETS,
  });
  const calls = Array.from({ length: 200 }, () => gateway.call("GET", "/shop/orders-api/x"));
  await gateway.inFlight(200);
  releases[0]?.resolve();
  await eventually(() => equal(target.calls.length, 200));
  releases[1]?.resolve();
  for (const { status } of await Promise.all(calls)) equal(status, 200);
  equal(tokens.calls.length, 2);
});

test("gateway retry - calls that together exceed retryBufferTotalBytes are not repeated, and later ones are", async () => {
  const body = randomBytes(200_000);
  await using target = await startTarget(async (call) => {
    await call.body;
    await call.respond(401);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, BASIC)],
    secrets: SECRETS,
    options: { retryBufferTotalBytes: 300_000 },
  });
  // The first keeps what it remembers for as long as it waits for the rest of its body.
  await using waiting = await gateway.connect();
  await waiting.send(`PUT /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nContent-Length: 200001\r\n\r\n`);
  await waiting.send(body);
  await eventually(() => equal(target.last.received, body.length));
  equal((await gateway.call("PUT", "/shop/orders-api/x", { body })).status, 401);
  deepEqual(
    gateway.finished.map(({ attempts }) => attempts),
    [1],
  );
  await waiting.send(Buffer.of(1));
  equal((await waiting.response()).status, 401);
  await eventually(() => equal(gateway.finished.length, 2));
  equal((await gateway.call("PUT", "/shop/orders-api/x", { body })).status, 401);
  deepEqual(
    gateway.finished.map(({ attempts }) => attempts),
    [1, 2, 2],
  );
});
