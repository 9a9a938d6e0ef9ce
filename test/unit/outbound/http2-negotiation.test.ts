import assert from "node:assert/strict";
import type { SecureServerOptions } from "node:http2";
import { before, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { EgressRefused } from "../../../src/outbound/pinned-lookup.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openHttp2Pool, type PoolStart } from "../../doubles/http1-pool.ts";
import { echoesHttp2, Http2Target } from "../../doubles/http2-target.ts";
import { startProxy } from "../../doubles/proxy.ts";
import { startTarget } from "../../doubles/target.ts";

let authority: TestAuthority;
let certificate: KeyPair;
let client: KeyPair;

before(async () => {
  authority = await TestAuthority.create();
  certificate = await authority.server();
  client = await authority.client("the gateway");
});

const tls = () => ({ cert: certificate.crt, key: certificate.key });
const trusting = (start: PoolStart = {}) => ({ tls: { ca: authority.crt }, ...start });

function startSecure({ port = 0, ...more }: SecureServerOptions & { readonly port?: number } = {}) {
  return Http2Target.startSecure(echoesHttp2, { ...tls(), ...more }, port);
}

async function status(pool: Parameters<typeof AnswerRecorder.send>[0]): Promise<unknown> {
  const { status: answered, error } = await AnswerRecorder.send(pool).over;
  return error?.code ?? answered;
}

for (const fallsBack of [false, true]) {
  test(`http2 negotiation - HTTP/2 is chosen over TLS, one handshake for many requests (fall back: ${fallsBack})`, async () => {
    await using target = await startSecure({ allowHTTP1: true });
    using pool = openHttp2Pool(target.url, { ...trusting(), fallsBack });
    const answers = Array.from({ length: 10 }, () =>
      AnswerRecorder.send(pool, { method: "POST", body: Buffer.from("x") }),
    );
    for (const answer of answers) assert.equal((await answer.over).body, "x");
    const [socket] = target.sockets as Set<TLSSocket>;
    assert.deepEqual([target.sessions.length, target.sockets.size, socket?.servername], [1, 1, "localhost"]);
    assert.equal(target.http1.length, 0);
    assert.equal(target.last.fields[3], "https");
  });
}

for (const [what, ALPNProtocols] of [
  ["chooses HTTP/1.1", ["http/1.1"]],
  ["knows no ALPN", undefined],
] as const) {
  test(`http2 negotiation - a target that ${what} is spoken to in HTTP/1.1 where that will do, over the same connection`, async () => {
    await using target = await startTarget(undefined, {
      tls: { ...tls(), ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }) },
    });
    using pool = openHttp2Pool(target.url, { ...trusting(), fallsBack: true });
    for (let call = 0; call < 3; call++) assert.equal(await status(pool), 200);
    assert.deepEqual([target.calls.length, target.accepted], [3, 1]);
    const together = Array.from({ length: 3 }, () => AnswerRecorder.send(pool));
    for (const answer of together) assert.equal((await answer.over).status, 200);
    assert.equal(target.accepted, 3);
  });

  test(`http2 negotiation - a target that ${what} is not called where HTTP/2 was asked for`, async () => {
    await using target = await startTarget(undefined, {
      tls: { ...tls(), ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }) },
    });
    using pool = openHttp2Pool(target.url, trusting());
    assert.match(String(await status(pool)), /^(NO_HTTP2|ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)$/);
    assert.equal(target.calls.length, 0);
    await eventually(() => assert.equal(target.connections, 0));
  });
}

test("http2 negotiation - a target that chose HTTP/1.1 is asked again once its connections have been closed", async () => {
  await using old = await startTarget(undefined, { tls: { ...tls(), ALPNProtocols: ["http/1.1"] } });
  const { port } = old;
  using pool = openHttp2Pool(old.url, { ...trusting({ idleTimeout: 0 }), fallsBack: true });
  assert.equal(await status(pool), 200);
  pool.sweep();
  await eventually(() => assert.ok(pool.empty));
  pool.sweep();
  await old[Symbol.asyncDispose]();
  await using renewed = await startSecure({ port });
  assert.equal(await status(pool), 200);
  assert.equal(renewed.requests.length, 1);
});

test("http2 negotiation - a target that wants HTTP/1.1 for a request gets the next one so (HTTP_1_1_REQUIRED)", async () => {
  await using target = await Http2Target.startSecure(({ stream }) => stream.close(13), {
    ...tls(),
    allowHTTP1: true,
  });
  using pool = openHttp2Pool(target.url, { ...trusting(), fallsBack: true });
  assert.equal(await status(pool), "NOT_PROCESSED");
  assert.equal((await AnswerRecorder.send(pool).over).body, "over HTTP/1.1");
});

test("http2 negotiation - certificates are verified and presented as with HTTP/1.1", async () => {
  await using target = await startSecure({ ca: authority.crt, requestCert: true, rejectUnauthorized: true });
  using presenting = openHttp2Pool(target.url, {
    tls: { ca: authority.crt, cert: client.crt, key: client.key },
  });
  assert.equal(await status(presenting), 200);
  const [socket] = target.sockets as Set<TLSSocket>;
  assert.equal(socket?.getPeerCertificate().subject.CN, "the gateway");
  using bare = openHttp2Pool(target.url, trusting());
  assert.equal(await status(bare), "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
  await using other = await startSecure();
  using distrusting = openHttp2Pool(other.url);
  assert.equal(await status(distrusting), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  const resolve: PoolStart["resolve"] = (_, __, callback) =>
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  using misnamed = openHttp2Pool(`https://orders.example:${other.port}`, trusting({ resolve }));
  assert.equal(await status(misnamed), "ERR_TLS_CERT_ALTNAME_INVALID");
  using unverified = openHttp2Pool(other.url, { verify: false });
  assert.equal(await status(unverified), 200);
});

for (const secure of [false, true]) {
  test(`http2 negotiation - behind a proxy it goes through a tunnel (TLS: ${secure})`, async () => {
    await using target = secure ? await startSecure() : await Http2Target.start();
    await using proxy = await startProxy(target.port);
    const origin = secure ? `https://localhost:${target.port}` : "http://orders.example:81";
    using pool = openHttp2Pool(origin, trusting({ proxy: proxy.url }));
    for (let call = 0; call < 2; call++) assert.equal(await status(pool), 200);
    assert.equal(proxy.asked.length, 1);
    assert.match(proxy.asked[0] ?? "", /^CONNECT (localhost:\d+|orders\.example:81) HTTP\/1\.1\r\n/);
  });
}

test("http2 negotiation - a name that resolves to a refused address is not connected to", async () => {
  await using target = await Http2Target.start();
  using pool = openHttp2Pool(`http://rebound.example:${target.port}`, {
    resolve: (_, __, callback) => callback(null, [{ address: "169.254.169.254", family: 4 }]),
  });
  const { error } = await AnswerRecorder.send(pool).over;
  assert.ok(error instanceof EgressRefused);
  assert.equal(target.sessions.length, 0);
});
