import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange } from "../../../src/outbound/exchange.ts";
import type { ExchangeRequest } from "../../../src/outbound/exchange-request.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";
import { openOutbound } from "../../doubles/outbound.ts";
import { startProxy } from "../../doubles/proxy.ts";

const signal = new AbortController().signal;

function aRequest(origin: string): ExchangeRequest {
  return {
    method: "POST",
    origin,
    disguised: false,
    path: "/token?a=1",
    headers: ["Content-Type", "text/plain"],
    privateHeaders: ["Authorization", "Basic c2VjcmV0", "X-Tag", "a", "X-Tag", "b"],
    body: Buffer.from("hush"),
    tls: tlsIdentity(true),
    responseBody: "buffer",
    maxResponseBytes: 1024,
  };
}

test("exchange - with a proxy, https goes through a tunnel that shows the proxy nothing", async () => {
  const authority = await TestAuthority.create();
  await using server = await startIdentityProvider({ tls: await authority.server("idp.test") });
  await using proxy = await startProxy(Number(new URL(server.origin).port));
  await using outbound = await openOutbound(authority, [], { proxy: proxy.url });
  const answer = await exchange(aRequest("https://idp.test:8443"), { ...outbound, signal });
  assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
  assert.equal(proxy.asked.length, 1);
  assert.match(proxy.asked[0] ?? "", /^CONNECT idp\.test:8443 HTTP\/1\.1\r\n/);
  assert.match(proxy.asked[0] ?? "", /proxy-authorization: Basic dXNlcjpwYXNz/i);
  assert.doesNotMatch(proxy.asked[0] ?? "", /c2VjcmV0/);
  const [request] = server.requests;
  assert.equal(request?.target, "/token?a=1");
  assert.equal(request?.head.header("host"), "idp.test:8443");
  assert.deepEqual(request?.head.headerAll("x-tag"), ["a", "b"]);
  assert.equal(request?.head.header("proxy-authorization"), undefined);
});

test("exchange - with a proxy, http is asked of the proxy with the whole URL", async () => {
  await using server = await startIdentityProvider();
  await using proxy = await startProxy(Number(new URL(server.origin).port));
  await using outbound = await openOutbound(undefined, [], { proxy: proxy.url });
  const answer = await exchange(aRequest("http://idp.test"), { ...outbound, signal });
  assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
  const [request] = server.requests;
  assert.equal(request?.target, "http://idp.test/token?a=1");
  assert.equal(request?.head.header("host"), "idp.test");
  assert.equal(request?.body.toString(), "hush");
});
