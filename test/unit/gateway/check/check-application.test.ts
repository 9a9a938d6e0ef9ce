import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { systemClock, type Clock } from "../../../../src/core/clock.ts";
import { annotated } from "../../../doubles/annotated.ts";
import { api, application, service, shop } from "../../../doubles/applications.ts";
import { TestAuthority } from "../../../doubles/certificates.ts";
import { dryRun, resolvesTo, type DryRun } from "../../../doubles/dry-run.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { echoesHttp2, Http2Target } from "../../../doubles/http2-target.ts";
import { startIdentityProvider } from "../../../doubles/identity-provider.ts";
import { startProxy } from "../../../doubles/proxy.ts";
import { answersOk, startTarget } from "../../../doubles/target.ts";

const authority = await TestAuthority.create();
const days = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);
const server = await authority.serverUntil(days(90));
const tls = { cert: server.crt, key: server.key };

/** What is in no line, whatever fails. */
const SECRETS = { clientId: "me", clientSecret: "canary" };

function assertSecrecy({ lines }: DryRun): void {
  assert.equal(JSON.stringify(lines).includes("canary"), false);
}

test("check - an API that can be called has no step that fails, and its target sees one HEAD with the credentials", async (context) => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget(answersOk, { tls });
  const credentials = {
    type: "OAuth",
    secretName: "s",
    authenticationUrl: provider.tokenUrl,
    csrfInfo: { tokenEndpointURL: provider.csrfUrl },
  };
  const value = shop(`${target.url}/base?x=1`, { credentials });
  const run = await dryRun(context, value, { authority, secrets: { s: SECRETS } });
  const [line] = run.apis;
  assert.deepEqual(
    line?.steps.map(({ step, state }) => `${step} ${state}`),
    [
      "name ok",
      "settings ok",
      "secret ok",
      "token ok",
      "csrf ok",
      "dns ok",
      "policy ok",
      "tcp ok",
      "tls ok",
      "http ok",
    ],
  );
  assert.equal(line.ok, true);
  const { method, path } = target.last;
  assert.deepEqual([target.calls.length, method, path], [1, "HEAD", "/base?x=1"]);
  assert.equal(target.last.header("Authorization"), "Bearer token-1");
  assert.equal(target.last.header("User-Agent"), "appconn-check");
  assert.deepEqual(run.lines.at(-1), { kind: "end", ok: true, checked: 1, failed: 0, unchecked: 0 });
  assert.match(run.step("tls").message, /^TLSv1\.3; the certificate is trusted, for localhost until /);
  assertSecrecy(run);
  assert.equal(JSON.stringify(run.lines).includes("token-1"), false);
});

test("check - a target is spoken to as its calls do, in HTTP/2 where that is set", async (context) => {
  await using target = await Http2Target.startSecure(echoesHttp2, tls);
  const value = annotated(shop(target.url), { "appconn.dev/target-protocol": "h2" });
  const run = await dryRun(context, value, { authority });
  assert.equal(run.apis[0]?.ok, true, JSON.stringify(run.lines));
  assert.deepEqual([target.requests.length, target.last.method], [1, "HEAD"]);
});

test("check - a second one asks for a token again, and keeps no connection", async (context) => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget();
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl };
  const value = shop(target.url, { credentials });
  for (const count of [1, 2]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
    await dryRun(context, value, { secrets: { s: SECRETS } });
    assert.equal(provider.requests.length, count);
  }
  await eventually(() => assert.deepEqual([target.connections, provider.connections], [0, 0]));
});

test("check - APIs of one credential share a token", async (context) => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget();
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl };
  const services = Array.from({ length: 9 }, (_, index) =>
    service(`S${index}`, [api(target.url, { credentials })]),
  );
  const run = await dryRun(context, application("shop", services), { secrets: { s: SECRETS } });
  assert.equal(provider.requests.length, 1);
  assert.equal(target.calls.length, 9);
  const end = run.lines.filter(({ kind }) => kind === "end");
  assert.deepEqual(end, [{ kind: "end", ok: true, checked: 9, failed: 0, unchecked: 0 }]);
});

test("check - APIs are told of in their order, however long each of them takes", async (context) => {
  const others = Promise.withResolvers<void>();
  await using target = await startTarget(async (call) => {
    if (call.path === "/0") await others.promise;
    await answersOk(call);
    if (call.path === "/3") others.resolve();
  });
  const services = Array.from({ length: 4 }, (_, index) =>
    service(`S${index}`, [api(`${target.url}/${index}`)]),
  );
  const run = await dryRun(context, application("shop", services));
  assert.deepEqual(
    run.apis.map((line) => line.displayName),
    services.map(({ displayName }) => displayName),
  );
});

test("check - what is left after five minutes is not tried, and counted", async (context) => {
  let ahead = 0;
  const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
  await using target = await startTarget(async (call) => {
    ahead = 300_000;
    await answersOk(call);
  });
  const services = Array.from({ length: 6 }, (_, index) => service(`S${index}`, [api(target.url)]));
  const run = await dryRun(context, application("shop", services), { clock });
  // Four at a time have begun before.
  assert.deepEqual(run.lines.at(-1), { kind: "end", ok: false, checked: 4, failed: 0, unchecked: 2 });
});

test("check - one service alone, by its id, its segment or its display name", async (context) => {
  await using target = await startTarget();
  const value = application("shop", [
    service("Orders API", [api(target.url)]),
    service("Bills", [api(target.url)]),
  ]);
  for (const wanted of ["id-of-bills", "bills", "Bills"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { apis } = await dryRun(context, value, { service: wanted });
    assert.deepEqual(
      apis.map((line) => line.serviceId),
      ["id-of-bills"],
    );
  }
});

test("check - a configuration that is wrong fails at its step, and nobody is asked anything", async (context) => {
  await using target = await startTarget();
  const value = shop(target.url, { credentials: { type: "Basic", secretName: "absent" } });
  const run = await dryRun(context, value);
  assert.deepEqual(run.problems, [
    "failed secret: failed to read API for Orders API service, secret 'absent' not found",
  ]);
  assert.equal(run.step("tcp").state, "skipped");
  const set = await dryRun(context, annotated(shop(target.url), { "appconn.dev/timeout": "soon" }));
  assert.match(set.problems.join(), /^failed settings: annotation 'appconn\.dev\/timeout'/);
  const named = application("shop", [service("A", [api(target.url)]), service("a", [api(target.url)])]);
  assert.match(
    (await dryRun(context, named)).problems.join(),
    /^failed name: several APIs answer at \/shop\/a /,
  );
  // The last is two APIs, which have names alone against them.
  assert.deepEqual([target.accepted, target.calls.length], [2, 2]);
});

test("check - a Secret that is another's is not used where that is asked for", async (context) => {
  await using target = await startTarget();
  const value = shop(target.url, { credentials: { type: "Basic", secretName: "s" } });
  const secrets = { s: { username: "u", password: "canary" } };
  const run = await dryRun(context, value, { secrets, requireOwnSecrets: true });
  assert.match(run.problems.join(), /^failed secret: .*it does not belong to the Application/);
  assert.equal(target.accepted, 0);
});

test("check - an identity provider that refuses fails the token, and the target is still connected to", async (context) => {
  await using provider = await startIdentityProvider({ behaviour: { status: 401, body: "canary" } });
  await using target = await startTarget();
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl };
  const run = await dryRun(context, shop(target.url, { credentials }), { secrets: { s: SECRETS } });
  assert.deepEqual(run.problems, [
    `failed token: incorrect response code '401' while getting token from ${provider.tokenUrl}`,
  ]);
  assert.match(run.step("token").remedy ?? "", /clientId and clientSecret/);
  assert.equal(run.step("tcp").state, "ok");
  assert.deepEqual(
    [run.step("http").state, run.step("http").message],
    ["skipped", "without credentials no request is sent"],
  );
  assert.equal(target.calls.length, 0);
  assertSecrecy(run);
});

test("check - an identity provider that hangs fails the token when its time is up", async (context) => {
  await using provider = await startIdentityProvider({ behaviour: "hang" });
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl };
  await using target = await startTarget();
  const run = await dryRun(context, shop(target.url, { credentials }), {
    secrets: { s: SECRETS },
    timeout: 300,
  });
  assert.match(
    run.problems.join(),
    /^failed token: failed to make a request to '.*': no answer within 300ms$/,
  );
});

test("check - a CSRF endpoint that refuses fails its step", async (context) => {
  await using provider = await startIdentityProvider({ behaviour: { status: 403 } });
  await using target = await startTarget();
  const csrfInfo = { tokenEndpointURL: provider.csrfUrl };
  const value = shop(target.url, { credentials: { type: "Basic", secretName: "s", csrfInfo } });
  const secrets = { s: { username: "u", password: "canary" } };
  const run = await dryRun(context, value, { secrets });
  assert.match(run.problems.join(), /^failed csrf: incorrect response code '403'/);
  assert.equal(target.calls.length, 0);
  assertSecrecy(run);
});

test("check - a CSRF endpoint that gives no token, as a page to log in does not, is a warning", async (context) => {
  await using target = await startTarget();
  const csrfInfo = { tokenEndpointURL: `${target.url}/login` };
  const value = shop(target.url, { credentials: { type: "Basic", secretName: "s", csrfInfo } });
  const run = await dryRun(context, value, { secrets: { s: { username: "u", password: "canary" } } });
  assert.match(run.problems.join(), /^warning csrf: the CSRF endpoint answered without X-Csrf-Token/);
  assert.match(run.step("csrf").remedy ?? "", /csrfInfo\.tokenEndpointURL/);
  assert.equal(run.apis[0]?.ok, true);
});

test("check - a name that the DNS does not know fails there", async (context) => {
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
  const run = await dryRun(context, shop("http://erp.example/"), {
    resolve: (_hostname, _options, callback) => callback(unknown, []),
  });
  assert.deepEqual(run.problems, ["failed dns: host name not found"]);
  assert.match(run.step("dns").remedy ?? "", /^Correct the host in targetUrl/);
  assert.equal(run.step("tcp").state, "skipped");
});

test("check - a DNS that gives no answer fails there too", async (context) => {
  const run = await dryRun(context, shop("http://erp.example/"), { resolve: () => {}, connectTimeout: 200 });
  assert.deepEqual(run.problems, ["failed dns: connecting took too long"]);
});

test("check - an address that the policy refuses fails there, whether it is written or resolved", async (context) => {
  const resolved = await dryRun(context, shop("http://erp.example/"), {
    resolve: resolvesTo("169.254.169.254"),
  });
  assert.deepEqual(resolved.problems, ["failed policy: the egress policy refuses the address"]);
  assert.equal(resolved.step("dns").state, "ok");
  const written = await dryRun(context, shop("http://10.1.2.3/"), { denied: ["10.0.0.0/8"] });
  assert.deepEqual(written.problems, [
    "failed policy: the egress policy refuses the address at which the target is written",
  ]);
});

test("check - a port at which nobody listens fails the connection", async (context) => {
  const target = await startTarget();
  const { url } = target;
  await target[Symbol.asyncDispose]();
  const run = await dryRun(context, shop(url));
  assert.deepEqual(run.problems, ["failed tcp: connection refused"]);
  assert.match(run.step("tcp").remedy ?? "", /port in targetUrl/);
});

test("check - a certificate of an unknown authority fails TLS, and without verification it is a warning", async (context) => {
  await using target = await startTarget(answersOk, { tls });
  const run = await dryRun(context, shop(target.url));
  assert.match(run.problems.join(), /^failed tls: (unable to verify|self-signed|unable to get)/);
  assert.match(run.step("tls").remedy ?? "", /appconn\.dev\/ca-bundle/);
  assert.equal(target.calls.length, 0);
  const unverified = await dryRun(context, shop(target.url, {}, { skipVerify: true }));
  assert.match(
    unverified.problems.join(),
    /^warning tls: .*not verified \(skipVerify\), and would not be taken: UNABLE_/,
  );
  assert.equal(unverified.step("http").state, "ok");
});

test("check - a certificate that has ended fails TLS", async (context) => {
  const ended = await authority.certificate({
    subject: "CN=localhost",
    notBefore: days(-9),
    notAfter: days(-1),
    usages: ["1.3.6.1.5.5.7.3.1"],
  });
  await using target = await startTarget(answersOk, { tls: { cert: ended.crt, key: ended.key } });
  const run = await dryRun(context, shop(target.url), { authority });
  assert.deepEqual(run.problems, ["failed tls: certificate has expired"]);
  assert.equal(run.step("tls").remedy, "Have the target's certificate renewed.");
});

test("check - a certificate that ends soon is a warning", async (context) => {
  const ending = await authority.serverUntil(days(13));
  await using target = await startTarget(answersOk, { tls: { cert: ending.crt, key: ending.key } });
  const run = await dryRun(context, shop(target.url), { authority });
  assert.match(
    run.problems.join(),
    /^warning tls: TLSv1\.3; the certificate is trusted, for localhost until /,
  );
  assert.equal(run.apis[0]?.ok, true);
});

test("check - a certificate for another host fails TLS", async (context) => {
  await using target = await startTarget(answersOk, { tls });
  const url = `https://erp.example:${target.port}/`;
  const run = await dryRun(context, shop(url), { authority, resolve: resolvesTo("127.0.0.1") });
  assert.deepEqual(run.problems, [
    "failed tls: the server's certificate is for another host name: it is for localhost, 127.0.0.1",
  ]);
  assert.match(run.step("tls").remedy ?? "", /appconn\.dev\/server-name/);
});

test("check - a certificate is trusted for the name that the annotation server-name gives", async (context) => {
  await using target = await startTarget(answersOk, { tls });
  const url = `https://erp.example:${target.port}/`;
  const value = annotated(shop(url), { "appconn.dev/server-name": "localhost" });
  const run = await dryRun(context, value, { authority, resolve: resolvesTo("127.0.0.1") });
  assert.deepEqual(run.problems, []);
  assert.match(run.step("tls").message, /the certificate is trusted, for localhost until /);
});

test("check - a target that speaks another version of HTTP than its API fails TLS, and target-protocol is to be put right", async (context) => {
  await using target = await Http2Target.startSecure(echoesHttp2, tls);
  const run = await dryRun(context, shop(target.url), { authority });
  assert.deepEqual(run.problems, ["failed tls: the server speaks no version of HTTP that it was offered"]);
  assert.match(run.step("tls").remedy ?? "", /appconn\.dev\/target-protocol/);
});

test("check - a target that never shakes hands fails TLS", async (context) => {
  const silent = createServer((socket) => void socket.on("error", () => {}).resume());
  await once(silent.listen(0, "127.0.0.1"), "listening");
  context.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const run = await dryRun(context, shop(`https://127.0.0.1:${port}/`), { connectTimeout: 2000 });
  assert.deepEqual(run.problems, ["failed tls: connecting took too long"]);
  assert.equal(run.step("tcp").state, "ok");
  assert.match(run.step("tls").remedy ?? "", /handshake was not answered/);
});

test("check - a client certificate that the target wants and does not get fails TLS, one that it does not know the answer", async (context) => {
  const mutual = { ...tls, requestCert: true, rejectUnauthorized: true, ca: [authority.crt] };
  await using target = await startTarget(answersOk, { tls: mutual });
  const missing = await dryRun(context, shop(target.url), { authority });
  assert.match(missing.problems.join(), /^failed tls: the server requires a client certificate/);
  assert.match(missing.step("tls").remedy ?? "", /CertificateGen/);
  const credentials = { type: "CertificateGen", secretName: "s" };
  const value = shop(target.url, { credentials });
  // Node's own server says nothing and hangs up.
  const stranger = await (await TestAuthority.create("Other")).client("shop");
  const unknown = await dryRun(context, value, { authority, secrets: { s: { ...stranger } } });
  assert.equal(unknown.step("http").state, "failed");
  assert.match(unknown.step("http").remedy ?? "", /authority of the client certificate/);
  const own = await authority.client("shop");
  const known = await dryRun(context, value, { authority, secrets: { s: { ...own } } });
  assert.equal(known.step("http").state, "ok");
});

test("check - a target that takes the request and never answers fails the answer", async (context) => {
  await using target = await startTarget(() => {});
  const value = annotated(shop(target.url), { "appconn.dev/timeout": "200ms" });
  const run = await dryRun(context, value);
  assert.deepEqual(run.problems, ["failed http: no answer within 200ms"]);
  assert.equal(run.step("tcp").state, "ok");
});

const answers: readonly [status: number, state: string][] = [
  [200, "ok"],
  [302, "ok"],
  [404, "ok"],
  [405, "ok"],
  [501, "ok"],
  [401, "failed"],
  [403, "warning"],
  [429, "warning"],
  [503, "warning"],
];

test("check - what the target answers says whether it takes the credentials, not whether it has something there", async (context) => {
  await using target = await startTarget();
  const value = shop(target.url, { credentials: { type: "Basic", secretName: "s" } });
  const secrets = { s: { username: "u", password: "canary" } };
  for (const [status, state] of answers) {
    target.answering = (call) => call.respond(status);
    // oxlint-disable-next-line no-await-in-loop -- one answer after the other
    const run = await dryRun(context, value, { secrets });
    assert.equal(run.step("http").state, state, String(status));
    assert.match(run.step("http").message, new RegExp(`answered with ${status}$`));
    assertSecrecy(run);
  }
  target.answering = (call) => call.respond(401);
  const open = await dryRun(context, shop(target.url));
  assert.equal(open.step("http").state, "warning");
});

test("check - an API that is called with its callers' tokens is connected to, and sent nothing", async (context) => {
  await using provider = await startIdentityProvider();
  await using target = await startTarget();
  const credentials = { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl };
  const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
  const run = await dryRun(context, shop(target.url, { credentials }), {
    secrets: { s: { ...SECRETS, grantType } },
  });
  assert.deepEqual(run.problems, []);
  assert.deepEqual(
    [run.step("token").state, run.step("tcp").state, run.step("http").state],
    ["skipped", "ok", "skipped"],
  );
  assert.deepEqual([provider.requests.length, target.calls.length], [0, 0]);
});

test("check - an API key goes along, and is told to nobody", async (context) => {
  await using target = await startTarget();
  const value = shop(`${target.url}/x`, { credentials: { type: "ApiKey", secretName: "s" } });
  const run = await dryRun(context, value, { secrets: { s: { apiKey: "canary", queryParameter: "key" } } });
  assert.deepEqual(run.problems, []);
  assert.equal(target.last.path, "/x?key=canary");
  assertSecrecy(run);
});

test("check - behind a proxy it is the proxy that is connected to, and that looks the name up", async (context) => {
  await using target = await startTarget(answersOk, { tls });
  await using proxy = await startProxy(target.port);
  const run = await dryRun(context, shop("https://erp.example/", {}, { skipVerify: true }), {
    proxy: proxy.url,
  });
  assert.equal(run.step("http").state, "ok");
  assert.deepEqual([run.step("dns").state, run.step("policy").state], ["skipped", "skipped"]);
  assert.match(run.step("tcp").message, /^connected to the proxy at 127\.0\.0\.1:\d+$/);
  assert.equal(JSON.stringify(run.lines).includes("user:pass"), false);
  await using refusing = await startProxy(target.port, { refuses: "HTTP/1.1 403 Forbidden\r\n\r\n" });
  const refused = await dryRun(context, shop("https://erp.example/"), { proxy: refusing.url });
  assert.deepEqual(refused.problems, ["failed tcp: the proxy refused the connection"]);
});

test("check - whoever goes away ends it, with everything that it has open", async (context) => {
  await using target = await startTarget(() => {});
  const leaving = new AbortController();
  const gone = dryRun(context, shop(target.url), { signal: leaving.signal });
  await target.call(1);
  leaving.abort(new Error("gone"));
  await assert.rejects(gone, /gone/);
  await eventually(() => assert.equal(target.connections, 0));
});
