import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/core/failures.ts";
import { proxyFor, readProxyEnvironment } from "../../../src/outbound/proxy-environment.ts";
import { parseProxyServer } from "../../../src/outbound/proxy-server.ts";

test("proxy environment - without a proxy there is none", () => {
  assert.equal(readProxyEnvironment({}), undefined);
  assert.equal(readProxyEnvironment({ HTTP_PROXY: "", https_proxy: "", NO_PROXY: "*" }), undefined);
});

test("proxy environment - each scheme has its own proxy, in either case of the name", () => {
  const proxies = readProxyEnvironment({ http_proxy: "http://one:81", HTTPS_PROXY: "http://two:82" });
  assert.equal(proxyFor("http://a.test", proxies)?.hostname, "one");
  assert.equal(proxyFor("https://a.test", proxies)?.hostname, "two");
  const both = readProxyEnvironment({ http_proxy: "http://lower", HTTP_PROXY: "http://upper" });
  assert.equal(proxyFor("http://a.test", both)?.hostname, "lower");
  assert.equal(proxyFor("https://a.test", both), undefined);
  assert.equal(proxyFor("https://a.test", undefined), undefined);
});

for (const [url, parsed] of [
  ["proxy.test", ["proxy.test", 80, false, undefined]],
  ["proxy.test:3128", ["proxy.test", 3128, false, undefined]],
  ["http://proxy.test:3128/", ["proxy.test", 3128, false, undefined]],
  ["https://proxy.test", ["proxy.test", 443, true, undefined]],
  ["http://[2001:db8::1]:3128", ["2001:db8::1", 3128, false, undefined]],
  ["user:pass@proxy.test:3128", ["proxy.test", 3128, false, "user:pass"]],
  ["http://us%40er:p%3Ass%2F@proxy.test", ["proxy.test", 80, false, "us@er:p:ss/"]],
  ["http://user@proxy.test", ["proxy.test", 80, false, "user:"]],
  ["http://:pass@proxy.test", ["proxy.test", 80, false, ":pass"]],
  ["http://user:100%@proxy.test", ["proxy.test", 80, false, "user:100%"]],
  ["http://j%C3%B6rg:x@proxy.test", ["proxy.test", 80, false, "j\u00f6rg:x"]],
] as const) {
  test(`proxy server - ${url}`, () => {
    const { hostname, port, secure, authorization } = parseProxyServer(url, "HTTP_PROXY");
    const credentials =
      authorization && Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    assert.deepEqual([hostname, port, secure, credentials], parsed);
  });
}

for (const url of [
  "socks5://user:hush@proxy.test",
  "http://user:hush@",
  "http://user:hush@a b",
  "ftp://hush",
]) {
  test(`proxy server - ${url} stops the start, and no password is told`, () => {
    assert.throws(
      () => readProxyEnvironment({ HTTPS_PROXY: url }),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "OUTBOUND_PROXY_UNUSABLE");
        assert.match(error.message, /HTTPS_PROXY/);
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, /hush/);
        return true;
      },
    );
  });
}

for (const exception of ["10.0.0.0/33", "10.0.0.0/x", "example.com/8"]) {
  test(`proxy environment - NO_PROXY=${exception} stops the start`, () => {
    assert.throws(() => readProxyEnvironment({ HTTP_PROXY: "http://p", NO_PROXY: exception }), {
      code: "OUTBOUND_NO_PROXY_UNUSABLE",
    });
  });
}

for (const [exceptions, origin, direct] of [
  ["", "http://localhost:8080", true],
  ["", "http://orders.localhost", true],
  ["", "http://127.0.0.1", true],
  ["", "http://127.9.9.9", true],
  ["", "http://[::1]:8080", true],
  ["", "http://10.0.0.1", false],
  ["", "http://localhost.example.com", false],
  ["*", "http://a.test", true],
  ["a.test", "http://a.test", true],
  ["a.test", "http://A.test.", true],
  ["A.TEST", "http://a.test", true],
  ["a.test.", "http://a.test", true],
  ["a.test", "http://b.a.test", true],
  ["a.test", "http://ba.test", false],
  ["a.test", "http://a.test.example", false],
  [".a.test", "http://b.a.test", true],
  [".a.test", "http://a.test", true],
  ["*.a.test", "http://b.a.test", true],
  ["a.test:8080", "http://a.test:8080", true],
  ["a.test:8080", "http://a.test", false],
  ["a.test:80", "http://a.test", true],
  ["a.test:443", "https://a.test", true],
  ["a.test:443", "http://a.test", false],
  ["b.test, a.test", "http://a.test", true],
  ["b.test a.test", "http://a.test", true],
  [" , ,", "http://a.test", false],
  [".", "http://a.test", false],
  [":80", "http://a.test", false],
  ["10.0.0.0/8", "http://10.1.2.3", true],
  ["10.0.0.0/8", "http://11.1.2.3", false],
  ["10.0.0.0/8", "http://a.test", false],
  ["10.1.2.3", "http://10.1.2.3:99", true],
  ["10.1.2.3:99", "http://10.1.2.3:99", true],
  ["10.1.2.3:98", "http://10.1.2.3:99", false],
  ["2001:db8::/32", "http://[2001:db8::1]", true],
  ["2001:db8::/32", "http://10.1.2.3", false],
  ["2001:0DB8:0:0::1", "http://[2001:db8::1]", true],
  ["[2001:db8::1]", "http://[2001:db8::1]", true],
  ["[2001:db8::1]:8080", "http://[2001:db8::1]:8080", true],
  ["[2001:db8::1]:8080", "http://[2001:db8::1]", false],
] as const) {
  test(`proxy environment - NO_PROXY="${exceptions}": ${origin} ${direct ? "directly" : "over the proxy"}`, () => {
    const proxies = readProxyEnvironment({
      HTTP_PROXY: "http://proxy.test",
      HTTPS_PROXY: "http://proxy.test",
      NO_PROXY: exceptions,
    });
    assert.equal(proxyFor(new URL(origin).origin, proxies) === undefined, direct);
  });
}
