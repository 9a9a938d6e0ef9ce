import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { outgoingHeaders, type OutgoingHeadersInput } from "../../../src/gateway/outgoing-headers.ts";
import { readRequestHead } from "../../../src/gateway/request-head.ts";

function sent(caller: readonly string[], more: Partial<OutgoingHeadersInput> = {}): string[] {
  const input: OutgoingHeadersInput = {
    caller,
    host: "erp:8443",
    authorization: undefined,
    apiKey: undefined,
    dropAccessToken: false,
    csrfToken: undefined,
    cookie: undefined,
    forwarded: "append",
    peer: undefined,
    configured: [],
    traceparent: undefined,
    ...more,
  };
  const [name, host, ...rest] = outgoingHeaders(input);
  assert.deepEqual([name, host], ["Host", "erp:8443"]);
  return rest;
}

test("outgoing headers - the caller's headers pass in order, case and number, but for Host and Expect", () => {
  const caller = [
    "Host",
    "gw",
    "X-A",
    "1",
    "x-a",
    "2",
    "User-Agent",
    "curl",
    "Accept-Encoding",
    "br",
    "Expect",
    "100-continue",
  ];
  assert.deepEqual(sent(caller), ["X-A", "1", "x-a", "2", "User-Agent", "curl", "Accept-Encoding", "br"]);
});

test("outgoing headers - without a User-Agent none is sent, unless one is configured", () => {
  assert.deepEqual(sent([]), []);
  assert.deepEqual(sent([], { configured: ["User-Agent", "erp-client"] }), ["User-Agent", "erp-client"]);
});

test("outgoing headers - hop-by-hop names and those that Connection lists are dropped", () => {
  const caller = ["Connection", "keep-alive, X-Hop", "Connection", "x-other", "X-Hop", "1", "X-Other", "2"];
  caller.push("Keep-Alive", "5", "Proxy-Connection", "x", "Proxy-Authorization", "Basic x", "Trailer", "T");
  caller.push("Transfer-Encoding", "chunked", "Upgrade", "h2c", "TE", "gzip", "X-Kept", "3");
  assert.deepEqual(sent(caller), ["X-Kept", "3"]);
});

test("outgoing headers - Connection cannot strip what the gateway injects", () => {
  const caller = ["Connection", "authorization, x-csrf-token, cookie", "Authorization", "caller's"];
  const injected = { authorization: "Bearer t", csrfToken: "c", cookie: "s=1" };
  assert.deepEqual(sent(caller, injected), [
    "Authorization",
    "Bearer t",
    "X-Csrf-Token",
    "c",
    "Cookie",
    "s=1",
  ]);
});

test("outgoing headers - TE: trailers is passed on and nothing else of TE", () => {
  assert.deepEqual(sent(["TE", "gzip;q=0.5, trailers"]), ["TE", "trailers"]);
  assert.deepEqual(sent(["te", "gzip"]), []);
});

test("outgoing headers - injected credentials replace the caller's own, whatever the case", () => {
  assert.deepEqual(
    sent(["authorization", "mine", "AUTHORIZATION", "mine too"], { authorization: "Basic x" }),
    ["Authorization", "Basic x"],
  );
  assert.deepEqual(sent(["authorization", "mine"]), ["authorization", "mine"]);
});

test("outgoing headers - an Access-Token that was used goes no further, an empty one does", () => {
  const used = { authorization: "Bearer theirs", dropAccessToken: true };
  assert.deepEqual(sent(["access-token", "Bearer theirs"], used), ["Authorization", "Bearer theirs"]);
  assert.deepEqual(sent(["Access-Token", ""]), ["Access-Token", ""]);
});

test("outgoing headers - an empty CSRF token still replaces the caller's", () => {
  assert.deepEqual(sent(["X-CSRF-Token", "mine"], { csrfToken: "" }), ["X-Csrf-Token", ""]);
});

test("outgoing headers - configured headers yield to the caller's and to injected ones, in any case", () => {
  const configured = ["x-api-key", "k", "Authorization", "no", "X-New", "1", "X-New", "2"];
  assert.deepEqual(sent(["X-Api-Key", "mine"], { configured, authorization: "Basic x" }), [
    "X-Api-Key",
    "mine",
    "Authorization",
    "Basic x",
    "X-New",
    "1",
    "X-New",
    "2",
  ]);
});

test("outgoing headers - X-Forwarded-For gets the peer appended, the other forwarded headers pass", () => {
  const caller = ["X-Forwarded-For", "1.1.1.1", "x-forwarded-for", "2.2.2.2", "X-Forwarded-Proto", "https"];
  assert.deepEqual(sent(caller, { peer: "3.3.3.3" }), [
    "X-Forwarded-Proto",
    "https",
    "X-Forwarded-For",
    "1.1.1.1, 2.2.2.2, 3.3.3.3",
  ]);
  assert.deepEqual(sent([], { peer: "3.3.3.3" }), ["X-Forwarded-For", "3.3.3.3"]);
});

test("outgoing headers - stripped, none of the four forwarded headers reaches the target, nor Forwarded", () => {
  const caller = ["X-Forwarded-For", "1", "X-Forwarded-Proto", "2", "X-Forwarded-Host", "3"];
  caller.push("X-Forwarded-Client-Cert", "4", "X-Forwarded-Port", "5", "forwarded", "for=6");
  assert.deepEqual(sent(caller, { forwarded: "strip", peer: "3.3.3.3" }), ["X-Forwarded-Port", "5"]);
});

test("outgoing headers - trace headers pass unchanged, and a traced call names its own span", () => {
  const caller = ["traceparent", "00-a-b-01", "tracestate", "x=1", "b3", "y", "x-request-id", "z"];
  assert.deepEqual(sent(caller), caller);
  assert.deepEqual(sent(caller, { traceparent: "00-a-c-01" }).slice(-2), ["traceparent", "00-a-c-01"]);
});

test("outgoing headers - whatever the caller sends, nothing hop-by-hop is passed and the injected value stands once", () => {
  const name = fc.constantFrom(
    "Connection",
    "authorization",
    "TE",
    "Upgrade",
    "x-a",
    "X-B",
    "Cookie",
    "Host",
    "keep-alive",
  );
  const value = fc.constantFrom("x-a", "authorization", "close", "host", "trailers", "X-B, cookie");
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
      const headers = sent(pairs.flat(), { authorization: "injected" });
      const names = headers.filter((_, index) => index % 2 === 0).map((header) => header.toLowerCase());
      for (const hop of ["connection", "upgrade", "keep-alive", "host"]) assert.ok(!names.includes(hop), hop);
      assert.deepEqual(headers.filter((item) => item === "injected").length, 1);
      assert.equal(names.filter((header) => header === "authorization").length, 1);
    }),
  );
});

test("outgoing headers - an API key replaces the caller's header of its name, in whatever case, and wins over a configured one", () => {
  const caller = [
    "x-api-key",
    "mine",
    "Connection",
    "X-API-Key",
    "X-Api-Key",
    "again",
    ...["Authorization", "Bearer a"],
  ];
  const configured = ["X-API-KEY", "configured"];
  assert.deepEqual(sent(caller, { apiKey: { name: "X-Api-Key", text: "k" }, configured }), [
    ...["Authorization", "Bearer a", "X-Api-Key", "k"],
  ]);
  const asCredentials = sent(caller.slice(6), { apiKey: { name: "Authorization", text: "ApiKey k" } });
  assert.deepEqual(asCredentials, ["Authorization", "ApiKey k"]);
});

test("request head - one pass finds what the gateway reads, and the first Access-Token counts", () => {
  const head = readRequestHead([
    ...["HOST", "gw:1", "access-token", "Bearer a", "Access-Token", "", "Access-Token", "Bearer b"],
    ...[
      "Content-Length",
      "12",
      "Cookie",
      "a=1",
      "cookie",
      "b=2",
      "X-Request-ID",
      "r",
      "Upgrade",
      "websocket",
    ],
    ...["traceparent", "t", "tracestate", "s", "AUTHORIZATION", "Basic x"],
    ...["X-Forwarded-Client-Cert", "By=far", "x-forwarded-client-cert", "By=near"],
  ]);
  assert.deepEqual(head, {
    host: "gw:1",
    accessToken: "Bearer a",
    authorization: "Basic x",
    contentLength: 12,
    hasBody: true,
    upgrade: "websocket",
    requestId: "r",
    traceparent: "t",
    tracestate: "s",
    cookie: "a=1; b=2",
    clientCertificate: "By=near",
  });
  const emptyFirst = ["Access-Token", "", "Access-Token", "Bearer b"];
  assert.equal(readRequestHead(emptyFirst).accessToken, undefined);
  const several = ["Authorization", "Bearer a", "authorization", "Bearer b", "Authorization", "Bearer c"];
  assert.equal(readRequestHead(several).authorization, "");
  assert.equal(readRequestHead(["Content-Length", "0"]).hasBody, false);
  assert.equal(readRequestHead(["Transfer-Encoding", "chunked"]).hasBody, true);
});
