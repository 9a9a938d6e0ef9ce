import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddressRules } from "../../../src/core/resources/api-settings/address-rules.ts";
import { apiTrust, type TrustParts } from "../../../src/outbound/api-trust.ts";
import { exchange } from "../../../src/outbound/exchange.ts";
import type { ExchangeRequest } from "../../../src/outbound/exchange-request.ts";
import { tlsIdentity, trustingIdentity, withCertificate } from "../../../src/outbound/tls-identity.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";
import { openOutbound, type Outbound } from "../../doubles/outbound.ts";
import { startProxy } from "../../doubles/proxy.ts";
import { startTarget } from "../../doubles/target.ts";

const NONE: TrustParts = { authorities: undefined, serverName: undefined, addresses: undefined };
const SIGNAL = new AbortController().signal;

function identity({ policy }: Outbound, parts: Partial<TrustParts>) {
  return trustingIdentity(true, apiTrust({ ...NONE, ...parts }, policy));
}

function rules(written: string) {
  const parsed = parseAddressRules(written);
  assert.ok(parsed);
  return parsed;
}

function tokenRequest(origin: string, tls: ExchangeRequest["tls"]): ExchangeRequest {
  return {
    method: "GET",
    origin,
    disguised: false,
    path: "/token",
    headers: [],
    privateHeaders: [],
    body: undefined,
    tls,
    responseBody: "buffer",
    maxResponseBytes: 1024,
  };
}

test("api trust - whatever an API trusts otherwise has pools of its own, and equal trust shares them", async () => {
  const certificate = await (await TestAuthority.create()).client("shop");
  await using outbound = await openOutbound();
  const named = (name: string) => ({ origin: "https://erp.test", name });
  const pools = [
    tlsIdentity(true),
    identity(outbound, { authorities: "A" }),
    identity(outbound, { authorities: "B" }),
    identity(outbound, { serverName: named("a.test") }),
    identity(outbound, { serverName: named("b.test") }),
    identity(outbound, { addresses: rules("public") }),
    identity(outbound, { addresses: rules("private") }),
    identity(outbound, { addresses: rules("!private") }),
    withCertificate(identity(outbound, { authorities: "A" }), certificate),
    withCertificate(tlsIdentity(true), certificate),
  ].map((one) => outbound.connections.pool("https://erp.test", one));
  assert.equal(new Set(pools).size, pools.length);
  const again = identity(outbound, { addresses: rules("public") });
  assert.equal(outbound.connections.pool("https://erp.test", again), pools[5]);
  const without = withCertificate(withCertificate(again, certificate), undefined);
  assert.equal(outbound.connections.pool("https://erp.test", without), pools[5]);
});

test("api trust - a name that answers differently the second time gains nothing, at the target and at a token endpoint", async () => {
  await using target = await startTarget(async (call) => {
    await call.respond(200, { Connection: "close" });
  });
  let address = "127.0.0.1";
  await using outbound = await openOutbound(undefined, [], { resolve: () => address });
  const limited = identity(outbound, { addresses: rules("127.0.0.1") });
  const origin = `http://rebinding.test:${target.port}`;
  const send = () => AnswerRecorder.send(outbound.connections.pool(origin, limited)).over;
  assert.equal((await send()).status, 200);
  address = "127.0.0.2";
  assert.equal((await send()).error?.code, "EGRESS_REFUSED");
  const token = await exchange(tokenRequest(origin, limited), { ...outbound, signal: SIGNAL });
  assert.partialDeepStrictEqual(token, { kind: "no-answer", refusedByPolicy: true });
  assert.equal(target.accepted, 1);
});

test("api trust - a token endpoint cannot redirect to where its API may not go", async () => {
  await using inside = await startTarget();
  await using outside = await startTarget(async (call) => {
    await call.respond(302, { Location: `http://${call.path.slice(1)}:${inside.port}/` });
  });
  await using outbound = await openOutbound(undefined, [], { resolve: () => "127.0.0.2" });
  const limited = identity(outbound, { addresses: rules("127.0.0.1") });
  const answer = (host: string) =>
    exchange({ ...tokenRequest(outside.url, limited), path: `/${host}` }, { ...outbound, signal: SIGNAL });
  assert.partialDeepStrictEqual(await answer("127.0.0.1"), { kind: "answer", status: 200 });
  for (const host of ["127.0.0.2", "inside.test"]) {
    assert.partialDeepStrictEqual(await answer(host), { kind: "no-answer", refusedByPolicy: true }, host);
  }
  assert.equal(inside.calls.length, 1);
});

test("api trust - a name that a proxy would resolve is refused under an address policy, and only then", async () => {
  await using server = await startIdentityProvider();
  await using proxy = await startProxy(Number(new URL(server.origin).port));
  await using outbound = await openOutbound(undefined, [], { proxy: proxy.url });
  const limited = identity(outbound, { addresses: rules("public") });
  const refused = await AnswerRecorder.send(outbound.connections.pool("http://idp.test", limited)).over;
  assert.equal(refused.error?.code, "EGRESS_REFUSED");
  assert.equal(server.requests.length, 0);
  const free = identity(outbound, { authorities: undefined });
  const answer = await AnswerRecorder.send(outbound.connections.pool("http://idp.test", free)).over;
  assert.equal(answer.status, 200);
});

test("api trust - the server name is that of its own origin alone", async () => {
  const authority = await TestAuthority.create();
  const { crt: cert, key } = await authority.server();
  const asked: string[] = [];
  await using target = await startTarget(undefined, {
    tls: { cert, key, SNICallback: (name, callback) => (asked.push(name), callback(null)) },
  });
  await using outbound = await openOutbound(authority);
  const named = { origin: "https://elsewhere.test", name: "erp.test" };
  const pool = outbound.connections.pool(target.url, identity(outbound, { serverName: named }));
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.deepEqual(asked, ["localhost"]);
});
