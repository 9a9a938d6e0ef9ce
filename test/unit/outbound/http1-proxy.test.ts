import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { startProxy } from "../../doubles/proxy.ts";
import { openPool } from "../../doubles/http1-pool.ts";
import { answersEcho, startTarget } from "../../doubles/target.ts";

let authority: TestAuthority;
let certificate: KeyPair;

before(async () => {
  authority = await TestAuthority.create();
  certificate = await authority.server("target.test");
});

function startTls() {
  return startTarget(answersEcho, { tls: { cert: certificate.crt, key: certificate.key } });
}

/** `Basic` of `user:pass`. */
const CREDENTIALS = "Proxy-Authorization: Basic dXNlcjpwYXNz";

for (const secure of [false, true]) {
  const kind = secure ? "a proxy over TLS" : "a proxy";
  const proxyTls = () => (secure ? { tls: certificate } : {});

  test(`http1 proxy - through ${kind} TLS goes in a tunnel, which is asked for once and kept`, async () => {
    await using target = await startTls();
    await using proxy = await startProxy(target.port, proxyTls());
    using pool = openPool("https://target.test:8443", {
      proxy: proxy.url,
      proxyTls: { ca: authority.crt },
      tls: { ca: authority.crt },
    });
    const headers = ["Host", "target.test:8443", "Authorization", "Bearer hush"];
    for (let round = 0; round < 3; round++) {
      const body = Buffer.from(`round ${round}`);
      // eslint-disable-next-line no-await-in-loop -- over one tunnel
      const answer = await AnswerRecorder.send(pool, { method: "POST", headers, body }).over;
      assert.deepEqual([answer.error, answer.body], [undefined, `round ${round}`]);
    }
    assert.deepEqual(proxy.asked, [
      `CONNECT target.test:8443 HTTP/1.1\r\nHost: target.test:8443\r\n${CREDENTIALS}`,
    ]);
    assert.equal(target.accepted, 1);
    assert.equal(target.last.path, "/");
    assert.equal(target.last.header("proxy-authorization"), undefined);
  });

  test(`http1 proxy - ${kind} is asked for plain HTTP with the whole URL, over a connection that is kept`, async () => {
    await using target = await startTarget(answersEcho);
    await using proxy = await startProxy(target.port, proxyTls());
    using pool = openPool("http://target.test:81", { proxy: proxy.url, proxyTls: { ca: authority.crt } });
    for (const path of ["/a?b", "/"]) {
      const request = { method: "POST", path, headers: ["Host", "target.test:81"], body: Buffer.from(path) };
      // eslint-disable-next-line no-await-in-loop -- over one connection
      assert.equal((await AnswerRecorder.send(pool, request).over).body, path);
    }
    assert.deepEqual(
      target.calls.map(({ path }) => path),
      ["http://target.test:81/a?b", "http://target.test:81/"],
    );
    assert.equal(target.last.header("proxy-authorization"), "Basic dXNlcjpwYXNz");
    assert.equal(target.last.header("host"), "target.test:81");
    assert.equal(proxy.asked.length, 1);
  });

  test(`http1 proxy - through ${kind} an abort closes the tunnel at both ends`, async () => {
    await using target = await startTls();
    target.answering = async (call) => call.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    await using proxy = await startProxy(target.port, proxyTls());
    using pool = openPool("https://target.test", {
      proxy: proxy.url,
      proxyTls: { ca: authority.crt },
      tls: { ca: authority.crt },
    });
    const answer = AnswerRecorder.send(pool);
    await answer.begun;
    answer.abort();
    await eventually(() => assert.deepEqual([proxy.connections, target.connections], [0, 0]));
    assert.equal(pool.empty, true);
  });

  test(`http1 proxy - through ${kind} a handshake that never ends is given up with its tunnel`, async () => {
    await using target = await startTarget();
    await using proxy = await startProxy(target.port, proxyTls());
    using pool = openPool("https://target.test", { proxy: proxy.url, proxyTls: { ca: authority.crt } });
    const answer = AnswerRecorder.send(pool);
    await eventually(() => assert.equal(target.connections, 1));
    answer.abort();
    await eventually(() => assert.deepEqual([proxy.connections, target.connections], [0, 0]));
    assert.deepEqual([pool.empty, answer.events], [true, []]);
  });

  test(`http1 proxy - through ${kind} a server that is not trusted is not called, and the tunnel is closed`, async () => {
    await using target = await startTls();
    await using proxy = await startProxy(target.port, proxyTls());
    using pool = openPool("https://elsewhere.test", {
      proxy: proxy.url,
      proxyTls: { ca: authority.crt },
      tls: { ca: authority.crt },
    });
    const answer = await AnswerRecorder.send(pool).over;
    assert.equal(answer.error?.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    await eventually(() => assert.equal(proxy.connections, 0));
    assert.equal(target.calls.length, 0);
  });
}

test("http1 proxy - a proxy over TLS that is not trusted is asked nothing", async () => {
  await using proxy = await startProxy(1, { tls: certificate });
  using pool = openPool("https://target.test", { proxy: proxy.url });
  const answer = await AnswerRecorder.send(pool).over;
  assert.match(answer.error?.code ?? "", /^(UNABLE_TO_|SELF_SIGNED_)/);
  assert.deepEqual(proxy.asked, []);
});

test("http1 proxy - an IPv6 address stands in brackets", async () => {
  await using proxy = await startProxy(1, { refuses: "HTTP/1.1 403 No\r\n\r\n" });
  using pool = openPool("https://[2001:db8::1]", { proxy: proxy.url });
  await AnswerRecorder.send(pool).over;
  assert.match(
    proxy.asked[0] ?? "",
    /^CONNECT \[2001:db8::1\]:443 HTTP\/1\.1\r\nHost: \[2001:db8::1\]:443\r\n/,
  );
});

test("http1 proxy - without credentials none are sent", async () => {
  await using proxy = await startProxy(1, { refuses: "HTTP/1.1 403 No\r\n\r\n" });
  using pool = openPool("https://target.test", { proxy: proxy.url.replace("user:pass@", "") });
  await AnswerRecorder.send(pool).over;
  assert.doesNotMatch(proxy.asked[0] ?? "", /authorization/i);
});

test("http1 proxy - an established tunnel has no body, whatever the proxy says", async () => {
  for (const established of [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.0 200\r\n\r\n",
    "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 None\r\n\r\n",
  ]) {
    await using target = await startTls();
    await using proxy = await startProxy(target.port, { established });
    using pool = openPool("https://target.test", { proxy: proxy.url, tls: { ca: authority.crt } });
    assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  }
});

for (const [what, refuses, code, message] of [
  [
    "refuses",
    "HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nsecret",
    "PROXY_REFUSED",
    "the proxy answered 403",
  ],
  ["wants credentials", "HTTP/1.1 407 Who\r\n\r\n", "PROXY_REFUSED", "the proxy answered 407"],
  ["redirects", "HTTP/1.1 302 Go\r\nLocation: http://x/\r\n\r\n", "PROXY_REFUSED", "the proxy answered 302"],
  [
    "says more than its answer",
    "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "PROXY_REFUSED",
    "the proxy said more than its answer",
  ],
  ["closes", "", "PROXY_REFUSED", "the proxy closed the connection"],
  ["closes within its answer", "HTTP/1.1 200 OK\r\nX-", "PROXY_REFUSED", "the proxy closed the connection"],
  ["is none", "SSH-2.0-OpenSSH\r\n\r\n", "MALFORMED_ANSWER", "no HTTP/1.1 status line"],
] as const) {
  test(`http1 proxy - a proxy that ${what}: ${message}`, async () => {
    await using proxy = await startProxy(1, { refuses });
    using pool = openPool("https://target.test", { proxy: proxy.url });
    const { error } = await AnswerRecorder.send(pool).over;
    assert.deepEqual([error?.code, error?.message], [code, message]);
    await eventually(() => assert.equal(proxy.connections, 0));
    assert.equal(pool.empty, true);
  });
}

test("http1 proxy - one that cannot be reached fails the call", async () => {
  const proxy = await startProxy(1);
  const { url } = proxy;
  await proxy[Symbol.asyncDispose]();
  using pool = openPool("https://target.test", { proxy: url });
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "ECONNREFUSED");
});

test("http1 proxy - a slow reader of a large answer holds it up through both layers of TLS", async () => {
  const size = 64 * 1024 * 1024;
  await using target = await startTls();
  target.answering = async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    await call.write(Buffer.alloc(size, "x"));
  };
  await using proxy = await startProxy(target.port, { tls: certificate });
  using pool = openPool("https://target.test", {
    proxy: proxy.url,
    proxyTls: { ca: authority.crt },
    tls: { ca: authority.crt },
  });
  const slow = new (class extends AnswerRecorder {
    override received(chunk: Buffer): boolean {
      this.size += chunk.length;
      setImmediate(() => this.resume());
      return false;
    }
  })();
  const answer = await slow.send(pool).over;
  assert.deepEqual([answer.error, answer.size], [undefined, size]);
});
