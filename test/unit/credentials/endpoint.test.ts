import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointOf } from "../../../src/credentials/endpoint.ts";

const parameters = [
  { name: "a", encoded: "a=1&a=2" },
  { name: "b c", encoded: "b+c=3" },
];

test("endpoint - path and query stay as they are written", () => {
  assert.deepEqual(endpointOf("https://IDP.example:8443/a/../b('x')?q=%7e&r='|#f"), {
    kind: "endpoint",
    origin: "https://idp.example:8443",
    disguised: false,
    path: "/a/../b('x')?q=%7e&r='|",
    shown: "https://IDP.example:8443/a/../b('x')",
  });
  assert.partialDeepStrictEqual(endpointOf("http://idp.example"), { path: "/" });
  assert.partialDeepStrictEqual(endpointOf("http://idp.example?x=1"), { path: "/?x=1" });
});

test("endpoint - what cannot stand in a request line is escaped", () => {
  assert.partialDeepStrictEqual(endpointOf("https://idp.example/grün?ort=Köln"), {
    path: "/gr%C3%BCn?ort=K%C3%B6ln",
  });
});

test("endpoint - custom parameters come after the URL's own query, which wins", () => {
  assert.partialDeepStrictEqual(endpointOf("https://idp.example/t?b%20c=0", parameters), {
    path: "/t?b%20c=0&a=1&a=2",
  });
  assert.partialDeepStrictEqual(endpointOf("https://idp.example/t", parameters), {
    path: "/t?a=1&a=2&b+c=3",
  });
});

test("endpoint - user information is neither sent nor shown, and a query is not shown", () => {
  const endpoint = endpointOf("https://user:pa@ss@idp.example/token?key=hush");
  assert.partialDeepStrictEqual(endpoint, {
    origin: "https://idp.example",
    path: "/token?key=hush",
    shown: "https://idp.example/token",
  });
});

test("endpoint - an unparsable URL and one that cannot be called are told apart", () => {
  for (const url of ["https://idp.example/%zz", "https://idp example/", "https://idp.example/\n", ":x"]) {
    assert.equal(endpointOf(url).kind, "unparsable", url);
  }
  for (const url of ["", "idp.example/token", "/token", "https:///token", "ftp://idp.example/"]) {
    assert.equal(endpointOf(url).kind, "unusable", url);
  }
});
