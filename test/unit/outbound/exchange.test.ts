import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { exchange, type ExchangeEdge } from "../../../src/outbound/exchange.ts";
import type { ExchangeRequest } from "../../../src/outbound/exchange-request.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";
import { openOutbound, type Outbound } from "../../doubles/outbound.ts";

const never = new AbortController().signal;

function aRequest(origin: string, changes: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return {
    method: "POST",
    origin,
    disguised: false,
    path: "/token?tenant=a",
    headers: ["Content-Type", "text/plain"],
    privateHeaders: ["Authorization", "Basic c2VjcmV0"],
    body: Buffer.from("client_secret=hush"),
    tls: tlsIdentity(true),
    responseBody: "buffer",
    maxResponseBytes: 1024,
    ...changes,
  };
}

function edge({ connections, policy }: Outbound, signal: AbortSignal = never): ExchangeEdge {
  return { connections, policy, signal };
}

/** A deadline that passes by itself, as that of a token request does. */
function deadline(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("no answer in time")), milliseconds);
  return controller.signal;
}

test("exchange - sends exactly what it is told and what HTTP needs, and gives the answer whole", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider({
    behaviour: { status: 203, headers: { "X-One": ["a", "b"] }, body: "hello" },
  });
  const answer = await exchange(aRequest(server.origin), edge(outbound));
  assert.ok(answer.kind === "answer");
  assert.deepEqual([answer.status, answer.body.toString()], [203, "hello"]);
  assert.deepEqual(answer.headers, ["X-One", "a", "X-One", "b", "Content-Length", "5"]);
  assert.equal(
    server.requests[0]?.raw,
    [
      "POST /token?tenant=a HTTP/1.1",
      `Host: ${new URL(server.origin).host}`,
      "Authorization: Basic c2VjcmV0",
      "Content-Type: text/plain",
      "Content-Length: 18",
      "",
      "client_secret=hush",
    ].join("\r\n"),
  );
});

for (const [behaviour, phase, reason] of [
  ["garbage", "request", "the answer is not HTTP"],
  ["close", "request", "connection closed before the answer was complete"],
  ["reset", "request", "connection reset"],
  ["reset-in-body", "body", "connection reset"],
  ["endless", "body", "the answer is larger than 1024 bytes"],
] as const) {
  test(`exchange - a server that behaves like "${behaviour}" is a failure: ${reason}`, async () => {
    await using outbound = await openOutbound();
    await using server = await startIdentityProvider({ behaviour });
    const answer = await exchange(aRequest(server.origin), edge(outbound));
    assert.partialDeepStrictEqual(answer, { kind: "no-answer", phase, reason });
  });
}

for (const [behaviour, phase] of [
  ["hang", "request"],
  ["trickle", "request"],
  ["trickle-body", "body"],
] as const) {
  test(`exchange - the signal ends a server that behaves like "${behaviour}" and frees its connection`, async () => {
    await using outbound = await openOutbound();
    await using server = await startIdentityProvider({ behaviour });
    const answer = await exchange(aRequest(server.origin), edge(outbound, deadline(100)));
    assert.partialDeepStrictEqual(answer, { kind: "no-answer", phase, reason: "no answer in time" });
    await eventually(() => assert.equal(server.connections, 0));
  });
}

test("exchange - a signal that is aborted before sends nothing", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider();
  const aborted = AbortSignal.abort(new Error("gone"));
  const answer = await exchange(aRequest(server.origin), edge(outbound, aborted));
  assert.partialDeepStrictEqual(answer, { kind: "no-answer", phase: "request", reason: "gone" });
  assert.equal(server.requests.length, 0);
});

test("exchange - a refused connection and an unknown host say so without an address", async () => {
  await using outbound = await openOutbound();
  const server = await startIdentityProvider();
  const { origin } = server;
  await server[Symbol.asyncDispose]();
  const reasonFor = async (to: string) => {
    const answer = await exchange(aRequest(to), edge(outbound));
    assert.ok(answer.kind === "no-answer");
    assert.equal(answer.refusedByPolicy, false);
    return answer.reason;
  };
  assert.equal(await reasonFor(origin), "connection refused");
  assert.match(await reasonFor("http://unknown.invalid"), /^host name (not found|could not be resolved)$/);
});

test("exchange - a forbidden address is refused by the policy, named, resolved or disguised", async () => {
  await using outbound = await openOutbound(undefined, ["10.0.0.0/8", "127.0.0.0/8", "::1"]);
  for (const request of [
    aRequest("http://10.1.2.3"),
    aRequest("http://localhost:9"),
    aRequest("http://169.254.169.254", { disguised: true }),
    aRequest("http://[::ffff:a9fe:a9fe]"),
  ]) {
    // eslint-disable-next-line no-await-in-loop
    assert.deepEqual(await exchange(request, edge(outbound)), {
      kind: "no-answer",
      phase: "request",
      reason: "the egress policy refuses the address",
      connectionLost: false,
      refusedByPolicy: true,
    });
  }
});

test("exchange - a discarded body is not waited for and does not hold its connection", async () => {
  for (const behaviour of ["endless", "trickle-body"] as const) {
    await using outbound = await openOutbound();
    await using server = await startIdentityProvider({ behaviour });
    const controller = new AbortController();
    const request = aRequest(server.origin, { responseBody: "discard" });
    const answer = await exchange(request, edge(outbound, controller.signal));
    assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
    controller.abort(new Error("over"));
    await eventually(() => assert.equal(server.connections, 0));
  }
});

test("exchange - a discarded body that is small leaves the connection for the next request", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider({ behaviour: { status: 200, body: "x".repeat(9000) } });
  const request = aRequest(server.origin, { responseBody: "discard" });
  await eventually(async () => {
    const before = server.connections;
    await exchange(request, edge(outbound));
    assert.equal(server.connections, before);
  });
});

test("exchange - a kept connection that the server closes under the next request costs no failure", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider();
  await exchange(aRequest(server.origin), edge(outbound));
  // undici gives a connection back a moment after its answer.
  await turn();
  server.behave("close", "healthy");
  const answer = await exchange(aRequest(server.origin), edge(outbound));
  assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
  assert.equal(server.requests.length, 3);
});

test("exchange - a certificate that is not trusted is a failure, unless verification is off", async () => {
  const authority = await TestAuthority.create();
  await using server = await startIdentityProvider({ tls: await authority.server() });
  await using distrusting = await openOutbound();
  await using trusting = await openOutbound(authority);
  const refused = await exchange(aRequest(server.origin), edge(distrusting));
  assert.ok(refused.kind === "no-answer");
  assert.match(refused.reason, /certificate/);
  const unverified = aRequest(server.origin, { tls: tlsIdentity(false) });
  assert.equal((await exchange(unverified, edge(distrusting))).kind, "answer");
  assert.equal((await exchange(aRequest(server.origin), edge(trusting))).kind, "answer");
  const elsewhere = aRequest(server.origin.replace("localhost", "127.0.0.2"));
  assert.equal((await exchange(elsewhere, edge(trusting))).kind, "no-answer");
});

test("exchange - a client certificate that TLS does not take is a failure, not an exception", async () => {
  await using outbound = await openOutbound();
  const tls = tlsIdentity(true, { crt: "no certificate", key: "no key" });
  const answer = await exchange(aRequest("https://idp.invalid", { tls }), edge(outbound));
  assert.partialDeepStrictEqual(answer, { kind: "no-answer", phase: "request" });
});
