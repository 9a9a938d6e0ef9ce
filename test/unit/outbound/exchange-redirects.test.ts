import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange } from "../../../src/outbound/exchange.ts";
import type { ExchangeRequest } from "../../../src/outbound/exchange-request.ts";
import { redirect } from "../../../src/outbound/redirect.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";
import { openOutbound } from "../../doubles/outbound.ts";

const signal = new AbortController().signal;

function aRequest(origin: string, changes: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return {
    method: "POST",
    origin,
    disguised: false,
    path: "/token",
    headers: ["Content-Type", "text/plain", "Accept", "*/*"],
    privateHeaders: ["Authorization", "Basic c2VjcmV0", "X-Api-Key", "k1"],
    body: Buffer.from("client_secret=hush"),
    tls: tlsIdentity(true),
    responseBody: "buffer",
    maxResponseBytes: 1024,
    ...changes,
  };
}

function to(location: string, status = 307) {
  return { status, headers: { Location: location }, body: "moved" };
}

for (const status of [301, 302, 303, 307, 308]) {
  const repeats = status >= 307;
  test(`redirect - ${status} within an origin ${repeats ? "repeats the request" : "asks with GET"}, credentials included`, async () => {
    await using outbound = await openOutbound();
    await using server = await startIdentityProvider();
    server.behave(to("/other?x=1", status), "healthy");
    const answer = await exchange(aRequest(server.origin), { ...outbound, signal });
    assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
    const second = server.requests[1];
    assert.ok(second);
    assert.deepEqual([second.method, second.target], [repeats ? "POST" : "GET", "/other?x=1"]);
    assert.equal(second.head.header("authorization"), "Basic c2VjcmV0");
    assert.equal(second.head.header("x-api-key"), "k1");
    assert.equal(second.head.header("accept"), "*/*");
    assert.equal(second.head.header("content-type"), repeats ? "text/plain" : undefined);
    assert.equal(second.body.toString(), repeats ? "client_secret=hush" : "");
  });
}

test("redirect - another origin gets no body, and none of the credentials", async () => {
  await using outbound = await openOutbound();
  await using other = await startIdentityProvider();
  await using server = await startIdentityProvider();
  for (const status of [307, 308]) {
    server.behave(to(`${other.origin}/token`, status));
    assert.partialDeepStrictEqual(await exchange(aRequest(server.origin), { ...outbound, signal }), {
      kind: "no-answer",
      phase: "request",
      reason: "redirected to another origin, to which credentials are not sent",
    });
  }
  assert.equal(other.requests.length, 0);
  server.behave(to(`${other.origin}/token`, 302));
  const answer = await exchange(aRequest(server.origin), { ...outbound, signal });
  assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
  assert.equal(
    other.requests[0]?.raw,
    ["GET /token HTTP/1.1", `Host: ${new URL(other.origin).host}`, "Accept: */*", "", ""].join("\r\n"),
  );
});

test("redirect - credentials that were left behind are not taken up again on the way back", async () => {
  await using outbound = await openOutbound();
  await using other = await startIdentityProvider();
  await using server = await startIdentityProvider();
  server.behave(to(`${other.origin}/`, 303), "healthy");
  other.behave(to(`${server.origin}/back`, 307));
  await exchange(aRequest(server.origin), { ...outbound, signal });
  assert.equal(server.requests[1]?.target, "/back");
  assert.equal(server.requests[1]?.head.header("authorization"), undefined);
});

test("redirect - the client certificate is presented to the first origin alone", async () => {
  const authority = await TestAuthority.create();
  const client = await authority.client("client-7");
  const tls = { ...(await authority.server()), clientAuthority: authority.crt };
  await using outbound = await openOutbound(authority);
  await using other = await startIdentityProvider({ tls: await authority.server() });
  await using demanding = await startIdentityProvider({ tls });
  await using server = await startIdentityProvider({ tls });
  const request = aRequest(server.origin, { tls: tlsIdentity(true, client), method: "GET", body: undefined });

  server.behave(to(`${other.origin}/`), to("/again"), "healthy", to(`${demanding.origin}/`));
  assert.equal((await exchange(request, { ...outbound, signal })).kind, "answer");
  assert.equal(other.requests[0]?.clientCertificate, undefined);
  await exchange(request, { ...outbound, signal });
  assert.deepEqual(
    server.requests.map((received) => received.clientCertificate),
    ["client-7", "client-7", "client-7"],
  );
  assert.equal((await exchange(request, { ...outbound, signal })).kind, "no-answer");
  assert.equal(demanding.requests.length, 0);
});

test("redirect - ten are followed, the eleventh and a loop are not", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider();
  const ten = Array.from({ length: 10 }, (_, index) => to(`/hop${index}`));
  server.behave(to("/first"), ...ten.slice(1), "healthy");
  const answer = await exchange(aRequest(server.origin), { ...outbound, signal });
  assert.partialDeepStrictEqual(answer, { kind: "answer", status: 200 });
  assert.equal(server.requests.length, 11);

  server.behave("redirect-loop");
  assert.partialDeepStrictEqual(await exchange(aRequest(server.origin), { ...outbound, signal }), {
    kind: "no-answer",
    reason: "stopped after 10 redirects",
  });
  assert.equal(server.requests.length, 22);
});

test("redirect - an answer without Location, or of another 3xx status, is final", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider();
  const final = [{ status: 302 }, to("/a", 300), to("/a", 304), to("/a", 305)];
  for (const behaviour of final) {
    server.behave(behaviour);
    // eslint-disable-next-line no-await-in-loop
    const answer = await exchange(aRequest(server.origin), { ...outbound, signal });
    assert.partialDeepStrictEqual(answer, { kind: "answer", status: behaviour.status });
  }
});

test("redirect - a metadata address that a server names is refused, however it is written", async () => {
  await using outbound = await openOutbound();
  await using server = await startIdentityProvider();
  for (const host of ["169.254.169.254", "2852039166", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"]) {
    server.behave(to(`http://${host}/latest/meta-data`, 302));
    // eslint-disable-next-line no-await-in-loop
    assert.partialDeepStrictEqual(await exchange(aRequest(server.origin), { ...outbound, signal }), {
      kind: "no-answer",
      reason: "redirected, but the egress policy refuses the address",
      refusedByPolicy: true,
    });
  }
});

test("redirect - encryption is not given up, and only http and https are followed", () => {
  const request = aRequest("https://idp.example", { method: "GET", body: undefined });
  assert.equal(redirect(request, 302, "http://idp.example/token"), "redirected from https to http");
  assert.equal(
    redirect(request, 302, "ftp://idp.example/"),
    'redirected to a URL that cannot be called: unsupported protocol scheme "ftp"',
  );
  assert.equal(redirect(request, 302, "http://["), "redirected to something that is not a URL");
});

test("redirect - a Location is resolved against the request, beyond ASCII as UTF-8", () => {
  const request = aRequest("http://idp.example:8080", { path: "/a/b?c=1" });
  const next = (location: string) => {
    const answer = redirect(request, 307, location);
    assert.ok(typeof answer === "object");
    return `${answer.origin} ${answer.path}`;
  };
  assert.equal(next("d?e=2#f"), "http://idp.example:8080 /a/d?e=2");
  assert.equal(next("?e"), "http://idp.example:8080 /a/b?e");
  assert.equal(next(Buffer.from("/grün").toString("latin1")), "http://idp.example:8080 /gr%C3%BCn");
});
