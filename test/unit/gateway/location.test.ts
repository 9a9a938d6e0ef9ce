import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTargetUrl, type TargetUrl } from "../../../src/core/target-url.ts";
import { rewriteLocation } from "../../../src/gateway/location.ts";
import { passThrough, rewrite } from "../../../src/gateway/rewrite.ts";

function context(targetUrl: string, callerHost: string | undefined = "gateway:8080") {
  const target = parseTargetUrl(targetUrl) as TargetUrl;
  return { target, sentPath: `${target.path}/sent/here`, gatewayPath: "/shop/orders", callerHost };
}

const GW = "http://gateway:8080/shop/orders";

/** Gateway spec §12, the table of Location rewriting, and what lies between its rows. */
const locations: readonly [targetUrl: string, location: string, result: string | undefined][] = [
  ["https://h/api/v1", "https://h/api/v1/a/b?x=1#f", `${GW}/a/b?x=1#f`],
  ["https://h/api/v1", "/api/v1/a", `${GW}/a`],
  ["https://h/api/v1", "there", `${GW}/sent/there`],
  ["https://h/api/v1", "../up", `${GW}/up`],
  ["https://h/api/v1", "https://h:8443/api/v1/a", `${GW}/a`],
  ["https://h/api/v1", "http://h/api/v1/a", `${GW}/a`],
  ["https://h/api/v1", "//h/api/v1/a", `${GW}/a`],
  ["https://h/api/v1", "https://H/api/v1/a", `${GW}/a`],
  ["https://h/api/v1", "https://h/api/v2/a", undefined],
  ["https://h/api/v1", "https://other/api/v1/a", undefined],
  ["https://h/api/v1", "ftp://h/api/v1/a", undefined],
  ["https://h/api/v1", "https://[broken", undefined],
  ["https://h/api/v1", "", undefined],
  ["https://h/api/v1", "#f", `${GW}/sent/here#f`],
  ["https://h/", "https://h/x", `${GW}/x`],
  ["https://h", "https://h", GW],
  ["https://h", "/x/", `${GW}/x/`],
  ["https://h/api", "https://h/apifoo", undefined],
  ["https://h/api/", "https://h/api", GW],
  ["https://h/api", "https://h/api/", `${GW}/`],
  ["https://h/api", "https://h/api/a%2Fb", `${GW}/a%2Fb`],
  ["https://h/api", "https://h/api/100%25", `${GW}/100%25`],
  ["https://h/api", "https://h/api/a/../b", `${GW}/b`],
  ["https://h/api", "https://h/api//a", `${GW}/a`],
  ["https://[::1]:8443/api", "https://[::1]/api/a", `${GW}/a`],
];

for (const [targetUrl, location, result] of locations) {
  test(`location - ${targetUrl} and "${location}" give ${result ?? "the header unchanged"}`, () => {
    assert.equal(rewriteLocation(location, context(targetUrl)), result);
  });
}

test("location - without a Host header, or with an empty one, the answer is a path", () => {
  for (const callerHost of [undefined, ""]) {
    const plain = { ...context("https://h/api"), callerHost };
    assert.equal(rewriteLocation("https://h/api/a", plain), "/shop/orders/a");
  }
});

test("rewrite - every 5xx becomes 502 and names the target's own status, replacing the target's claim", () => {
  for (const status of [500, 501, 502, 503, 504, 505, 511, 599]) {
    const head = rewrite(status, ["Target-System-Status", "418", "X-A", "1"], context("https://h"));
    assert.deepEqual(head, { status: 502, headers: ["X-A", "1", "Target-System-Status", String(status)] });
  }
});

test("rewrite - other statuses and their headers pass, repeated ones too", () => {
  const headers = [
    "Set-Cookie",
    "a=1",
    "set-cookie",
    "b=2",
    "Target-System-Status",
    "x",
    "Location",
    "https://h/x",
  ];
  for (const status of [200, 203, 204, 304, 400, 401, 404, 451, 499]) {
    const head = rewrite(status, headers, context("https://h/other"));
    assert.deepEqual(head, { status, headers });
  }
});

test("rewrite - a 204 loses the length that its target gave it", () => {
  const headers = ["Content-Length", "8", "X-A", "1"];
  assert.deepEqual(rewrite(204, headers, context("https://h")).headers, ["X-A", "1"]);
  assert.deepEqual(rewrite(304, headers, context("https://h")).headers, headers);
});

test("rewrite - Location is rewritten on 201 and 300 to 399 only", () => {
  for (const status of [201, 300, 301, 302, 303, 307, 308, 399]) {
    assert.deepEqual(rewrite(status, ["Location", "/x"], context("https://h")).headers, [
      "Location",
      `${GW}/x`,
    ]);
  }
  for (const status of [200, 202, 404]) {
    assert.deepEqual(rewrite(status, ["Location", "/x"], context("https://h")).headers, ["Location", "/x"]);
  }
});

test("rewrite - hop-by-hop headers, those that Connection names and a forged X-Gateway-Error are dropped", () => {
  const headers = [
    "Connection",
    "close, X-Hop",
    "x-hop",
    "1",
    "Keep-Alive",
    "timeout=5",
    "Transfer-Encoding",
    "chunked",
  ];
  headers.push(
    "Trailer",
    "X-T",
    "Upgrade",
    "h2c",
    "Proxy-Authenticate",
    "Basic",
    "X-Gateway-Error",
    "token",
    "X-Kept",
    "1",
  );
  assert.deepEqual(rewrite(200, headers, context("https://h")).headers, ["X-Kept", "1"]);
  assert.deepEqual(passThrough(503, headers), { status: 503, headers: ["X-Kept", "1"] });
});

test("rewrite - a host-addressed answer keeps its 5xx status and its Location", () => {
  const headers = ["Location", "https://h/x"];
  assert.deepEqual(passThrough(500, headers), { status: 500, headers });
});
