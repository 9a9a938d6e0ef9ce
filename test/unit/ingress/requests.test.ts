import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { after, before, test } from "node:test";
import type { KeyPair } from "../../doubles/certificates.ts";
import { TestIngress, type Called, type CallOptions, type Seen } from "../../doubles/ingress.ts";

const INFO = "/v1/applications/management/info";
const SUBJECT = "C=DE, O=Organization, OU=OrgUnit, L=Waldorf, ST=Waldorf, CN=shop";

let ingress: TestIngress;
let shop: KeyPair;

before(async () => {
  ingress = await TestIngress.start({ options: { failedTokensPerMinute: 0 } });
  shop = await ingress.clients.certificate({ subject: SUBJECT });
});
after(() => ingress[Symbol.asyncDispose]());

const call = (path: string, options: CallOptions = {}): Promise<Called> =>
  ingress.call(path, { identity: shop, ...options });
const seen = async (path: string, options: CallOptions = {}): Promise<Seen> => {
  const answer = await call(path, options);
  assert.equal(answer.status, 200, answer.body);
  return answer.json() as Seen;
};
/** Values of a header as it stands in the raw list, whatever its case. */
const raw = ({ rawHeaders }: Seen, name: string): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

test("ingress - a component learns from the certificate who calls, inside the process and in a header", async () => {
  const { identity, headers, ...rest } = await seen("/shop/v1/events?a=b%2Fc");
  const hash = new X509Certificate(shop.crt).fingerprint256.replaceAll(":", "").toLowerCase();
  assert.equal(rest.component, "validator");
  assert.equal(rest.url, "/shop/v1/events?a=b%2Fc");
  assert.deepEqual(identity, {
    subject: {
      commonName: "shop",
      organization: "Organization",
      organizationalUnit: "OrgUnit",
      locality: "Waldorf",
      province: "Waldorf",
      country: "DE",
      duplicated: false,
    },
    hash,
    notAfter: new X509Certificate(shop.crt).validToDate.getTime(),
  });
  const forwarded = `Hash=${hash};Subject="CN=shop,ST=Waldorf,L=Waldorf,OU=OrgUnit,O=Organization,C=DE";URI=`;
  assert.equal(headers["x-forwarded-client-cert"], forwarded);
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(headers["x-forwarded-proto"], "https");
  assert.equal(headers["x-forwarded-host"], "gateway.localhost");
});

test("ingress - paths of the connector, of Applications and of nobody are told apart", async () => {
  assert.equal((await seen(INFO)).component, "certificate");
  assert.equal(
    (await seen("/v1/runtimes/certificates/renewals", { method: "POST" })).component,
    "certificate",
  );
  assert.equal((await seen("/v1/health")).component, "certificate");
  for (const path of ["/shop/v1/metadata/services/1", "/shop/events", "/my.shop/v2/events/"]) {
    assert.equal((await seen(path)).component, "validator", path);
  }
  const unknown = [
    "/",
    "/shop",
    "/shop/v1/eventsX",
    "/shop/v3/events",
    "/v1/applications/certificates",
    `${INFO}/`,
  ];
  for (const path of [...unknown, "/v1/applications/signingRequests/info", "/v1/applications/tokens"]) {
    const answer = await call(path);
    assert.equal(answer.status, 404, path);
    assert.equal(answer.body, '{"code":404,"error":"Requested resource could not be found."}\n');
    assert.equal(answer.headers["content-type"], "application/json;charset=UTF-8");
  }
});

test("ingress - what needs a certificate is not reached over the pairing host, whatever Host says", async () => {
  assert.equal((await ingress.pair("/v1/applications/signingRequests/info?token=x")).status, 200);
  for (const path of [INFO, "/shop/v1/events", "/v1/applications/certificates/renewals"]) {
    assert.equal((await ingress.pair(path)).status, 404, path);
    assert.equal((await ingress.pair(path, { headers: { host: "gateway.localhost" } })).status, 421, path);
  }
});

test("ingress - on the pairing host nobody has an identity, not even with a forged header", async () => {
  const headers = { "x-forwarded-client-cert": 'Hash=a;Subject="CN=shop"', "connector-token": "T" };
  const answer = await ingress.pair("/v1/applications/certificates?token=x", {
    method: "POST",
    headers,
    identity: shop,
  });
  const { identity, headers: reached } = answer.json() as Seen;
  assert.equal(identity, undefined);
  assert.equal(reached["x-forwarded-client-cert"], undefined);
  assert.equal(reached["connector-token"], "T");
});

const FORGED = [
  "X-Forwarded-Client-Cert",
  "x_forwarded_client_cert",
  "X-FORWARDED_Client-Cert",
  "Client-Cert",
  "Client-Cert-Chain",
  "Client-Certificate",
  "Client-Certificate-Subject",
  "Client-Certificate-Hash",
  "Client-Certificate-Issuer",
  "X-SSL-Client-Cert",
  "X_SSL_Client_S_DN",
  "SSL-Client-Cert",
  "ssl_client_verify",
  "Client-Id-From-Token",
  "Client_Id_From_Certificate",
  "Subject-From-Certificate",
  "Certificate-Data",
  "Connector-Token",
  "Tenant",
  "Group",
  "APPLICATION",
  "Forwarded",
  "X-Forwarded-For",
  "x_forwarded_for",
  "X-Forwarded-Proto",
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Real-IP",
];

test("ingress - headers by which somebody could pass for another are taken out", async () => {
  const headers = Object.fromEntries(FORGED.map((name) => [name, "forged"]));
  const request = await seen(INFO, { headers: { ...headers, "X-Kept": "kept", Application_: "kept" } });
  assert.doesNotMatch(JSON.stringify(request), /forged/);
  assert.deepEqual(raw(request, "x-kept"), ["kept"]);
  assert.equal(raw(request, "x-forwarded-client-cert").length, 1);
});

test("ingress - a forged header in several lines leaves nothing behind", async () => {
  const client = await ingress.raw(shop);
  const forged = 'X-Forwarded-Client-Cert: Hash=a;Subject="CN=forged"\r\nx-forwarded-client-cert: forged\r\n';
  await client.send(`GET ${INFO} HTTP/1.1\r\nHost: gateway.localhost\r\n${forged}Connection: close\r\n\r\n`);
  await client.closed;
  assert.match(client.transcript, /^HTTP\/1\.1 200 /);
  assert.doesNotMatch(client.transcript, /forged/);
});

test("ingress - Connection cannot have our headers dropped, and takes the client's own out", async () => {
  const connection = "close, X-Forwarded-Client-Cert, x-own, Host, x-forwarded-for, Content-Length";
  const headers = { connection, "x-own": "1", "x-other": "2" };
  const request = await seen(INFO, { method: "POST", body: "body", headers });
  assert.match(String(request.headers["x-forwarded-client-cert"]), /CN=shop/);
  assert.equal(request.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(request.headers.host, "gateway.localhost");
  assert.equal(request.bodyBytes, 4);
  assert.equal(request.headers["connection"], undefined);
  assert.deepEqual([...raw(request, "x-own"), ...raw(request, "connection")], []);
  assert.deepEqual(raw(request, "x-other"), ["2"]);
});

test("ingress - another host gets 421, with or without a port", async () => {
  for (const host of ["gateway.localhost:8443", "GATEWAY.localhost", "gateway.localhost."]) {
    assert.equal((await call(INFO, { headers: { host } })).status, 200, host);
  }
  for (const host of [
    "127.0.0.1",
    "connector-service.localhost",
    "gateway.localhost.evil",
    "xgateway.localhost",
    "gateway.localhost:80@evil",
  ]) {
    assert.equal((await call(INFO, { headers: { host } })).status, 421, host);
  }
  assert.equal((await call(`https://gateway.localhost:8443${INFO}`)).status, 200);
  assert.equal((await seen(`https://gateway.localhost/shop/v1/events?x`)).url, "/shop/v1/events?x");
  assert.equal((await call(`https://evil.example${INFO}`)).status, 421);
});

test("ingress - a path that two readers could read differently gets 400", async () => {
  const paths = [
    "/shop/v1/events/%2e%2e/x",
    "/shop/v1/events/..",
    "/shop/v1/events/./x",
    "/shop/v1/events/.%2E/x",
    "/shop/v1/events/..;a/x",
    "//shop/v1/events",
    "/shop//v1/events",
    "/shop/v1/events/a%2fb",
    "/shop/v1/events/a%5Cb",
    "/shop/v1/events/a\\b",
    "/shop/v1/events/%00",
    "/shop/v1/events/%0d%0a",
    "/shop/v1/events/%252e%252e/x",
    "/shop/v1/events/%zz",
    "/shop/v1/events#x",
    "/Shop/v1/events",
    "/sh%6Fp/v1/events",
    "/-shop/v1/events",
  ];
  for (const path of paths) {
    const answer = await call(path);
    assert.equal(answer.status, 400, path);
    assert.match(answer.body, /^\{"code":400,"error":"Path is not accepted: [^{}]*"\}\n$/);
  }
  assert.equal(
    (await seen("/shop/v1/events/a%20b..c/.d?x=//../%2f")).url,
    "/shop/v1/events/a%20b..c/.d?x=//../%2f",
  );
});

const smuggled: readonly (readonly [string, string])[] = [
  ["both kinds of length", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  [
    "both kinds of length, the other way round",
    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
  ],
  ["two lengths", "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"],
  ["two equal lengths", "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"],
  ["a list of lengths", "Content-Length: 4, 4\r\n\r\nabcd"],
  ["a length with a sign", "Content-Length: +4\r\n\r\nabcd"],
  ["an unknown coding", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
  ["a disguised coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"],
  ["two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a blank before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"],
  ["a folded line", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"],
  ["a bare line feed", "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["two hosts", "Host: gateway.localhost\r\n\r\n"],
  ["a chunk length that is none", "Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n"],
];

for (const [what, rest] of smuggled) {
  test(`ingress - ${what}: the request and what follows it are refused`, async () => {
    const earlier = ingress.finished.length;
    const client = await ingress.raw(shop);
    const next = `GET ${INFO} HTTP/1.1\r\nHost: gateway.localhost\r\nX-Second: yes\r\n\r\n`;
    await client.send(`POST ${INFO} HTTP/1.1\r\nHost: gateway.localhost\r\n${rest}${next}`);
    await client.closed;
    assert.match(client.transcript, /^HTTP\/1\.1 400 /);
    assert.match(
      client.transcript,
      /\r\n\r\n\{"code":400,"error":"Request cannot be understood: [^"]*"\}\n$/,
    );
    assert.doesNotMatch(client.transcript, /X-Second|component/);
    assert.ok(ingress.finished.slice(earlier).every(({ method }) => method === "POST"));
  });
}

test("ingress - a request without Host is refused", async () => {
  const client = await ingress.raw(shop);
  await client.send(`GET ${INFO} HTTP/1.1\r\n\r\n`);
  await client.closed;
  assert.match(client.transcript, /^HTTP\/1\.1 400 /);
  const old = await ingress.raw(shop);
  await old.send(`GET ${INFO} HTTP/1.0\r\n\r\n`);
  await old.closed;
  assert.match(old.transcript, /^HTTP\/1\.1 421 /);
});

test("ingress - what comes after an unfinished request is not answered in its place", async () => {
  const client = await ingress.raw(shop);
  await client.send(`GET /shop/v1/events HTTP/1.1\r\nHost: gateway.localhost\r\n\r\nGARBAGE\r\n\r\n`);
  await client.closed;
  // Answered in order, or not at all: never 400 for the first.
  assert.doesNotMatch(client.transcript, /^HTTP\/1\.1 400/);
});

test("ingress - nobody is connected through, and no protocol is changed", async () => {
  const tunnel = await ingress.raw(shop);
  await tunnel.send("CONNECT gateway.localhost:8090 HTTP/1.1\r\nHost: gateway.localhost\r\n\r\n");
  await tunnel.closed;
  assert.doesNotMatch(tunnel.transcript, /^HTTP\/1\.1 2/);
  const request = await seen(INFO, { headers: { connection: "Upgrade", upgrade: "websocket" } });
  assert.equal(request.headers["upgrade"], undefined);
});

test("ingress - headers above the limit get 431", async () => {
  const answer = await call(INFO, { headers: { "x-large": "x".repeat(33_000) } });
  assert.equal(answer.status, 431);
  assert.equal(answer.body, '{"code":431,"error":"Request headers are too large."}\n');
});

test("ingress - headers far above the limit are told so however fast they come", async () => {
  for (let round = 0; round < 10; round++) {
    const client = await ingress.raw(shop);
    await client.send(`GET ${INFO} HTTP/1.1\r\nHost: gateway.localhost\r\nX: ${"x".repeat(400_000)}`);
    await client.closed;
    assert.match(client.transcript, /^HTTP\/1\.1 431 /);
  }
});

test("ingress - requests over one connection are each looked at, in their order", async () => {
  const client = await ingress.raw(shop);
  const to = (path: string, end = "") => `GET ${path} HTTP/1.1\r\nHost: gateway.localhost\r\n${end}\r\n`;
  await client.send(to(INFO) + to("/nowhere") + to("/shop/v1/events", "Connection: close\r\n"));
  await client.closed;
  assert.deepEqual(
    client.responses.map(({ status }) => status),
    [200, 404, 200],
  );
});

test("ingress - a request whose answer was sent is published without its query", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await call("/shop/v1/events?secret=1", { agent });
  await call("/nowhere?secret=1", { agent });
  agent.destroy();
  const [first, second] = ingress.finished.slice(-2);
  assert.deepEqual([first?.path, first?.status, first?.client], ["/shop/v1/events", 200, "shop"]);
  assert.deepEqual(
    [second?.path, second?.status, second?.failure],
    ["/nowhere", 404, "INGRESS_UNKNOWN_PATH"],
  );
  assert.doesNotMatch(JSON.stringify(ingress.finished), /secret/);
});
