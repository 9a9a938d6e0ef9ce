import { deepEqual, equal } from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget, type Answering, type Target } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const SECRETS = { oauth: { clientId: "id", clientSecret: "s" } };

/** Answers like `answering`, so many milliseconds later. */
function late(milliseconds: number, answering: Answering): Answering {
  return async (call) => {
    await after(milliseconds);
    await answering(call);
  };
}

const answersWell: Answering = async (call) => {
  await call.body;
  await call.respond(200, { "X-Csrf-Token": "csrf" });
};

function guarded(target: Target, tokens: Target, csrfUrl?: string) {
  const credentials = { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` };
  const csrfInfo = csrfUrl === undefined ? {} : { csrfInfo: { tokenEndpointURL: csrfUrl } };
  return shop(target.url, { credentials: { ...credentials, ...csrfInfo } });
}

test("gateway call budget - what the token took is missing for the target", async () => {
  await using tokens = await startTarget(late(600, answersTokens()));
  await using target = await startTarget(late(700, answersWell));
  await using gateway = await startGateway({
    applications: [guarded(target, tokens)],
    secrets: SECRETS,
    options: { proxyTimeout: 1000 },
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 504);
  deepEqual(answer.json(), { code: 504, error: "target did not answer within 1s" });
  equal(answer.header("X-Gateway-Error"), "target");
  await target.last.closed;
});

test("gateway call budget - what the token took is missing behind a streamed body too", async () => {
  await using tokens = await startTarget(late(600, answersTokens()));
  await using target = await startTarget(async (call) => {
    await call.body;
    await after(700);
    await call.respond(200);
  });
  await using gateway = await startGateway({
    applications: [guarded(target, tokens)],
    secrets: SECRETS,
    options: { proxyTimeout: 1000 },
  });
  const body = Buffer.alloc(1024 * 1024);
  equal((await gateway.call("POST", "/shop/orders-api/x", { body })).status, 504);
});

test("gateway call budget - the repetition has a whole one of its own", async () => {
  await using tokens = await startTarget(late(600, answersTokens()));
  await using target = await startTarget(
    late(600, (call) => call.respond(target.calls.length === 1 ? 403 : 200)),
  );
  await using gateway = await startGateway({
    applications: [guarded(target, tokens)],
    secrets: SECRETS,
    options: { proxyTimeout: 2000 },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(tokens.calls.length, 2);
});

test("gateway call budget - the repetition has no more than one", async () => {
  await using tokens = await startTarget(async (call) => {
    if (tokens.calls.length > 1) await after(600);
    await issue(call);
  });
  const issue = answersTokens();
  await using target = await startTarget(async (call) => {
    if (target.calls.length === 1) return call.respond(403);
    await after(700);
    await call.respond(200);
  });
  await using gateway = await startGateway({
    applications: [guarded(target, tokens)],
    secrets: SECRETS,
    options: { proxyTimeout: 1000 },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 504);
  equal(target.calls.length, 2);
});

test("gateway call budget - it ends in the CSRF request, which goes on for the next caller", async () => {
  await using tokens = await startTarget(late(700, answersTokens()));
  await using csrf = await startTarget(async (call) => {
    await call.body;
    await proceed.promise;
    await call.respond(200, { "X-Csrf-Token": "csrf" });
  });
  const proceed = Promise.withResolvers<void>();
  await using target = await startTarget(answersWell);
  await using gateway = await startGateway({
    applications: [guarded(target, tokens, `${csrf.url}/csrf`)],
    secrets: SECRETS,
    options: { proxyTimeout: 1500 },
  });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "csrf");
  deepEqual(answer.json(), {
    code: 502,
    error: "failed to make a request to 'the CSRF endpoint': no answer within 1500ms",
  });
  equal(target.calls.length, 0);
  const next = gateway.call("GET", "/shop/orders-api/x");
  await gateway.inFlight(1);
  proceed.resolve();
  equal((await next).status, 200);
  equal(csrf.calls.length, 1);
});

for (const framing of ["Content-Length: 7", "Transfer-Encoding: chunked"]) {
  test(`gateway call budget - a caller's slow body (${framing}) is not charged to the target`, async () => {
    await using tokens = await startTarget(late(300, answersTokens()));
    await using target = await startTarget(answersWell);
    await using gateway = await startGateway({
      applications: [guarded(target, tokens)],
      secrets: SECRETS,
      options: { proxyTimeout: 1200 },
    });
    await using client = await gateway.connect();
    await client.request("POST", "/shop/orders-api/x", { headers: [framing] });
    const chunked = framing.endsWith("chunked");
    for (let piece = 0; piece < 7; piece++) {
      await after(200);
      await client.send(chunked ? "1\r\nx\r\n" : "x");
    }
    if (chunked) await client.send("0\r\n\r\n");
    equal((await client.response()).status, 200);
  });
}

test("gateway call budget - sending again after a stale connection is the same attempt", async () => {
  await using target = await startTarget(async (call) => {
    if (target.calls.length === 1) return call.respond(200);
    await after(600);
    if (target.calls.length === 2) call.end();
    else await call.respond(200);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 1000 },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 504);
  equal(target.calls.length, 3);
});
