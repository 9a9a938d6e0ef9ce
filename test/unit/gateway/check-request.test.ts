import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkRequest } from "../../../src/gateway/check-request.ts";
import { readRequestHead } from "../../../src/gateway/request-head.ts";

function refusedFor(host: string): string | undefined {
  const rawHeaders = ["Host", host];
  return checkRequest({ httpVersion: "1.1", rawHeaders }, readRequestHead(rawHeaders))?.code;
}

const HOSTS = [
  "",
  "g",
  "gateway.example.com",
  "gateway:8080",
  "gateway:",
  "central-application-gateway.kyma-system",
  "under_score.example.com:80",
  "127.0.0.1:8080",
  "[::1]",
  "[::1]:8080",
  "[::ffff:127.0.0.1]:65535",
  "xn--gre-6ka8i.example.com.",
  "gr%C3%B6%C3%9Fe.example.com",
];
for (const host of HOSTS) {
  test(`check request - Host "${host}" is accepted`, () => {
    equal(refusedFor(host), undefined);
  });
}

const NO_HOSTS = [
  ...[
    "a b",
    "a/b",
    "x@y",
    "h?q",
    "h#f",
    "a\\b",
    'a"b',
    "a'b",
    "a<b",
    "a|b",
    "a\tb",
    "gr\u00f6\u00dfe",
    "%zz",
  ],
  ...["a:b", "a:80:80", ":80", "a:-1", "[::1", "::1", "[::1]x", "[:::]", "[g]", "[]", "a[::1]", "a:123456"],
];
for (const host of NO_HOSTS) {
  test(`check request - Host "${host}" is refused`, () => {
    equal(refusedFor(host), "GATEWAY_MALFORMED_REQUEST");
  });
}

test("check request - an accepted Host is the whole authority of a URL, whatever its characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (host) => {
      if (refusedFor(host) !== undefined || !URL.canParse(`http://${host}/p`)) return;
      const { pathname, search, hash, username } = new URL(`http://${host}/p`);
      equal(`${username}|${pathname}${search}${hash}`, "|/p");
    }),
  );
});
