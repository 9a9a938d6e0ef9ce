import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { api, application, service, shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { answersOk, startTarget, type Answering, type Target } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";
import { answersExchanges } from "../doubles/token-exchange.ts";

const PATH = "/shop/orders-api/x";
const API_KEY = "s3cret/k3y+&é";
const SENT = "s3cret%2Fk3y%2B%26%C3%A9";

const exchange = {
  clientId: "gateway",
  clientSecret: "s",
  grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
};

function oauth(target: Target, tokens: Target) {
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: `${tokens.url}/token` } as const;
  return shop(target.url, { credentials });
}

test("gateway API key - in a header it replaces the caller's of that name, however the caller sends it", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: API_KEY, header: "X-Api-Key" } },
  });
  const headers = [
    "x-api-key: mine",
    "X-API-KEY: again",
    "Connection: x-api-key",
    "Authorization: Bearer own",
  ];
  equal((await gateway.call("GET", `${PATH}?a=1`, { headers })).status, 200);
  const sent = Buffer.from(API_KEY).toString("latin1");
  deepEqual(target.last.headerAll("X-Api-Key"), [sent]);
  equal(target.last.header("Authorization"), "Bearer own");
  equal(target.last.path, "/x?a=1");
  // An Access-Token takes the place of all that is registered (gateway spec §8.1).
  await gateway.call("GET", PATH, { headers: ["Access-Token: Bearer own", "X-Api-Key: mine"] });
  deepEqual(target.last.headerAll("X-Api-Key"), ["mine"]);
});

test("gateway API key - in the query it wins over target URL, caller and request parameters, and nobody hears of it", async () => {
  const redirects: Answering = async (call) => {
    const { port } = target;
    const location = `http://127.0.0.1:${port}${call.path.replace("?", "/?")}#f`;
    await call.respond(302, { Location: location, Link: `<${call.path}>; rel="self"` }, "");
  };
  await using target = await startTarget(redirects);
  await using gateway = await startGateway({
    applications: [
      shop(`${target.url}/base?key=url&v=2`, {
        credentials: { type: "ApiKey", secretName: "s" },
        requestParametersSecretName: "p",
      }),
    ],
    secrets: {
      s: { apiKey: API_KEY, queryParameter: "key" },
      p: { queryParameters: '{"key":["p"],"z":["1"]}' },
    },
  });
  const answer = await gateway.call("GET", `${PATH}?k%65y=mine&b=%20`);
  equal(target.last.path, `/base/x?v=2&b=%20&z=1&key=${SENT}`);
  equal(answer.status, 302);
  match(answer.header("Location") ?? "", /^http:\/\/[^/]+\/shop\/orders-api\/x\/\?v=2&b=%20&z=1#f$/);
  const shown = `${answer.head.headers.join("\n")}${answer.text}${JSON.stringify(gateway.finished)}${gateway.warnings.join()}`;
  for (const spelling of [API_KEY, SENT, "s3cret"]) ok(!shown.includes(spelling), shown);
});

test("gateway API key - early hints and trailers that repeat the URL do not tell it either", async () => {
  await using target = await startTarget((call) => {
    const link = `Link: <${call.path}>; rel="self"`;
    const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${link}\r\nContent-Location: ${call.path}\r\n\r\n`;
    return call.write(`HTTP/1.1 103 Early Hints\r\n${link}\r\n\r\n${chunked}`);
  });
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: API_KEY, queryParameter: "key" } },
  });
  const answer = await gateway.call("GET", `${PATH}?a=1`, { headers: ["TE: trailers"] });
  equal(answer.informational.length, 1);
  equal(answer.trailers[3], "/x?a=1");
  const shown = JSON.stringify([answer.informational, answer.trailers]);
  ok(shown.includes("Link") && !shown.includes("s3cret"), shown);
});

test("gateway API key - by the name of an Access Service it is sent and withheld too, and all else is as it was", async () => {
  await using target = await startTarget((call) => call.respond(302, { Location: `${call.path}&b=2#f` }, ""));
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: API_KEY, queryParameter: "key" } },
  });
  const headers = ["Host: shop-id-of-orders-api.kyma-integration"];
  const answer = await gateway.call("GET", "/x?a=1&key=mine", { headers });
  equal(target.last.path, `/x?a=1&key=${SENT}`);
  equal(answer.header("Location"), "/x?a=1&b=2#f");
});

test("gateway API key - a changed key is tried when the target refuses the former one", async () => {
  await using target = await startTarget((call) =>
    call.header("X-Api-Key") === "new" ? answersOk(call) : rotate(call),
  );
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "ApiKey", secretName: "s" } })],
    secrets: { s: { apiKey: "old", header: "X-Api-Key" } },
  });
  const rotate: Answering = async (call) => {
    gateway.applySecret("s", { apiKey: "new", header: "X-Api-Key" });
    await call.respond(401, {}, "");
  };
  equal((await gateway.call("GET", PATH)).status, 200);
  equal(target.calls.length, 2);
});

test("gateway token exchange - the target gets what the caller's token was exchanged for, and never that token", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersExchanges());
  await using gateway = await startGateway({
    applications: [oauth(target, tokens)],
    secrets: { s: exchange },
  });
  for (const caller of ["anna", "berta", "anna"]) {
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    equal((await gateway.call("GET", PATH, { headers: [`Authorization: Bearer ${caller}`] })).status, 200);
    deepEqual(target.last.headerAll("Authorization"), [`Bearer for-${caller}`]);
  }
  equal(tokens.calls.length, 2);
  deepEqual(
    gateway.finished.map(({ tokenCacheHit }) => tokenCacheHit),
    [false, false, true],
  );
});

test("gateway token exchange - without a token, with two, or with one that is refused the caller is told with 401", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersExchanges((subject) => subject !== "expired"));
  await using gateway = await startGateway({
    applications: [oauth(target, tokens)],
    secrets: { s: exchange },
  });
  for (const headers of [
    [],
    ["Authorization: Basic dTpw"],
    ["Authorization: Bearer a", "Authorization: Bearer b"],
    ["Authorization: Bearer expired"],
  ]) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    const answer = await gateway.call("GET", PATH, { headers });
    deepEqual(
      [answer.status, answer.header("X-Gateway-Error"), answer.header("WWW-Authenticate")],
      [401, "request", "Bearer"],
    );
    ok(!answer.text.includes("expired"));
  }
  deepEqual([target.calls.length, tokens.calls.length], [0, 1]);
});

test("gateway token exchange - a token that the target refuses is exchanged once more for that call", async () => {
  let issued = 0;
  await using tokens = await startTarget(async (call) => {
    await call.body;
    await call.respond(200, {}, JSON.stringify({ access_token: `t${++issued}`, expires_in: 300 }));
  });
  await using target = await startTarget((call) =>
    call.header("Authorization") === "Bearer t1" ? call.respond(401, {}, "") : answersOk(call),
  );
  await using gateway = await startGateway({
    applications: [oauth(target, tokens)],
    secrets: { s: exchange },
  });
  const headers = ["Authorization: Bearer anna"];
  equal((await gateway.call("GET", PATH, { headers })).status, 200);
  deepEqual([target.calls.length, tokens.calls.length], [2, 2]);
});

test("gateway token exchange - what a caller may not do is its own matter, and asks the provider for nothing", async () => {
  await using target = await startTarget((call) => call.respond(403, {}, "not yours"));
  await using tokens = await startTarget(answersExchanges());
  await using gateway = await startGateway({
    applications: [oauth(target, tokens)],
    secrets: { s: exchange },
  });
  for (let count = 1; count <= 2; count++) {
    // eslint-disable-next-line no-await-in-loop -- one call after the other
    const answer = await gateway.call("GET", PATH, { headers: ["Authorization: Bearer anna"] });
    deepEqual([answer.status, answer.text, target.calls.length], [403, "not yours", count]);
  }
  equal(tokens.calls.length, 1);
});

test("gateway token exchange - CSRF tokens are fetched for each caller and shared with nobody", async () => {
  await using target = await startTarget();
  await using tokens = await startTarget(answersExchanges());
  await using csrf = await startTarget((call) =>
    call.respond(200, { "X-Csrf-Token": `csrf-${call.header("Authorization")}` }, ""),
  );
  const credentials = {
    type: "OAuth",
    secretName: "s",
    authenticationUrl: tokens.url,
    csrfInfo: { tokenEndpointURL: csrf.url },
  };
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials })],
    secrets: { s: exchange },
  });
  for (const caller of ["anna", "berta", "anna"]) {
    // eslint-disable-next-line no-await-in-loop -- one caller after the other
    equal((await gateway.call("GET", PATH, { headers: [`Authorization: Bearer ${caller}`] })).status, 200);
    equal(target.last.header("X-Csrf-Token"), `csrf-Bearer for-${caller}`);
  }
  deepEqual([tokens.calls.length, csrf.calls.length], [2, 3]);
});

test("gateway bound tokens - target and token endpoint see one certificate, and a token works with no other", async () => {
  const authority = await TestAuthority.create();
  const server = await authority.server();
  const tls = { cert: server.crt, key: server.key, requestCert: true, ca: authority.crt };
  await using idp = await startIdentityProvider({ tls: { ...server, clientAuthority: authority.crt } });
  const presented = new Map<number, string>();
  const bound = new Map<string, string>();
  // As RFC 8705 §3.1 has it: the token names the certificate, and the resource server compares.
  await using target = await startTarget(
    (call) => {
      const thumbprint = presented.get(call.connection) ?? "";
      const token = call.header("Authorization") ?? "";
      if (!bound.has(token)) bound.set(token, thumbprint);
      return bound.get(token) === thumbprint ? answersOk(call) : call.respond(401, {}, "");
    },
    { tls },
  );
  target.onConnection((socket) => {
    const { raw } = (socket as TLSSocket).getPeerCertificate();
    presented.set(presented.size + 1, createHash("sha256").update(raw).digest("base64url"));
  });
  const clients = [await authority.client("first"), await authority.client("second")];
  const entryOf = (secretName: string) =>
    api(target.url, { credentials: { type: "OAuthWithCert", secretName, authenticationUrl: idp.tokenUrl } });
  const names = ["first", "second"];
  await using gateway = await startGateway({
    authority,
    applications: [
      application(
        "shop",
        names.map((name) => service(name, [entryOf(name)])),
      ),
    ],
    secrets: Object.fromEntries(
      names.map((name, index) => [
        name,
        { clientId: name, certificateBoundTokens: "true", ...clients[index] },
      ]),
    ),
  });
  for (const name of [...names, ...names]) {
    // eslint-disable-next-line no-await-in-loop -- in this order
    equal((await gateway.call("GET", `/shop/${name}/x`)).status, 200);
  }
  deepEqual(
    idp.requests.map(({ clientCertificate }) => clientCertificate),
    ["first", "second"],
  );
  const thumbprints = clients.map(({ crt }) =>
    createHash("sha256").update(new X509Certificate(crt).raw).digest("base64url"),
  );
  deepEqual([...bound.values()], thumbprints);
  equal(target.accepted, 2, "one connection a certificate");
});

test("gateway bound tokens - without the key the target sees no certificate", async () => {
  const authority = await TestAuthority.create();
  const server = await authority.server();
  await using tokens = await startTarget(answersTokens());
  await using target = await startTarget(answersOk, {
    tls: {
      cert: server.crt,
      key: server.key,
      requestCert: true,
      rejectUnauthorized: false,
      ca: authority.crt,
    },
  });
  let subject: unknown = "none";
  target.onConnection((socket) => (subject = (socket as TLSSocket).getPeerCertificate().subject));
  await using gateway = await startGateway({
    authority,
    applications: [oauth(target, tokens)],
    secrets: { s: { clientId: "c", clientSecret: "s", ...(await authority.client("first")) } },
  });
  equal((await gateway.call("GET", PATH)).status, 200);
  equal(subject, undefined);
});
