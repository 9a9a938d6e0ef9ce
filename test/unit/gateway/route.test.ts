import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { climbsAbove } from "../../../src/gateway/dot-segments.ts";
import {
  route,
  splitRequestTarget,
  withoutSlashes,
  type Addressing,
  type Route,
} from "../../../src/gateway/route.ts";

function routed(path: string, addressing: Addressing = "manual", preserve = false): Route {
  const found = route(addressing, { path, query: "" });
  assert.ok(found.kind === "route", `${path} is not routed`);
  return preserve ? found : { ...found, rest: withoutSlashes(found.rest) };
}

/** Gateway spec §4, the table of inbound paths on 8080. */
const manualPaths: readonly [path: string, application: string, service: string, rest: string][] = [
  ["/app/svc", "app", "svc", ""],
  ["/app/svc/", "app", "svc", ""],
  ["/app/svc/orders/123", "app", "svc", "orders/123"],
  ["/app/svc/orders/", "app", "svc", "orders"],
  ["//app/svc/x", "app", "svc", "x"],
  ["/app//x", "app", "", "x"],
  ["/app/svc/a:b", "app", "svc", "a:b"],
  ["/app/svc/1:b", "app", "svc", "1:b"],
  ["/app/svc///b", "app", "svc", "//b"],
  ["/app/svc/a//b", "app", "svc", "a//b"],
  ["/app/svc/a/./b/../c", "app", "svc", "a/./b/../c"],
  ["/my%2Dapp/svc/x", "my%2Dapp", "svc", "x"],
  ["app/svc", "app", "svc", ""],
];

for (const [path, application, service, rest] of manualPaths) {
  test(`route - 8080 reads ${path} as application, service and "${rest}"`, () => {
    const found = routed(path);
    assert.deepEqual(
      { application: found.application, service: found.service, entry: found.entry, rest: found.rest },
      { application, service, entry: "", rest },
    );
  });
}

for (const path of ["", "/", "//", "/app", "/app/", "///app///"]) {
  test(`route - 8080 refuses "${path}", which names no service`, () => {
    const refused = route("manual", { path, query: "" });
    assert.equal(refused.kind, "refusal");
    assert.ok(refused.kind === "refusal");
    assert.equal(refused.status, 400);
    assert.equal(refused.message, "failed to extract API Identifier from path");
    assert.equal(refused.category, "request");
  });
}

test("route - 8082 needs a third segment for the entry", () => {
  assert.deepEqual(
    ["/a/b/c", "/a/b/c/", "/a/b/c/d/e", "/a/b/c//d"].map((path) => {
      const { application, service, entry, rest } = routed(path, "compass");
      return [application, service, entry, rest];
    }),
    [
      ["a", "b", "c", ""],
      ["a", "b", "c", ""],
      ["a", "b", "c", "d/e"],
      ["a", "b", "c", "/d"],
    ],
  );
  for (const path of ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/b//"]) {
    assert.equal(route("compass", { path, query: "" }).kind, "refusal", path);
  }
});

test("route - the trailing slash is kept where the setting says so", () => {
  assert.equal(routed("/app/svc/orders/", "manual", true).rest, "orders/");
  assert.equal(routed("/app/svc/orders", "manual", true).rest, "orders");
  assert.equal(routed("/app/svc/", "manual", true).rest, "");
});

test("route - splitting on slashes says the same for any path", () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9:;%-]{0,5}$/);
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 6 }),
      fc.constantFrom<Addressing>("manual", "compass"),
      (segments, addressing) => {
        const path = `/${segments.join("/")}`;
        const parts = path.replace(/^\/+|\/+$/g, "").split("/");
        const needed = addressing === "manual" ? 2 : 3;
        const found = route(addressing, { path, query: "" });
        if (parts.length < needed) return assert.equal(found.kind, "refusal");
        assert.ok(found.kind === "route");
        const names = [found.application, found.service, found.entry].slice(0, needed);
        assert.deepEqual(names, parts.slice(0, needed));
        assert.equal(withoutSlashes(found.rest), parts.slice(needed).join("/"));
      },
    ),
  );
});

test("route - a request target is split at the first question mark, in origin- and absolute-form", () => {
  assert.deepEqual(splitRequestTarget("/a/b?x=1?y"), { path: "/a/b", query: "?x=1?y" });
  assert.deepEqual(splitRequestTarget("/a/b?"), { path: "/a/b", query: "?" });
  assert.deepEqual(splitRequestTarget("/a|b'c\\d"), { path: "/a|b'c\\d", query: "" });
  assert.deepEqual(splitRequestTarget("http://gateway:8080/a/b?x=1"), { path: "/a/b", query: "?x=1" });
  assert.deepEqual(splitRequestTarget("http://gateway?x=1"), { path: "", query: "?x=1" });
  assert.equal(splitRequestTarget("*"), undefined);
  assert.equal(splitRequestTarget("gateway:443"), undefined);
});

const climbing = [
  "..",
  "../x",
  "a/../../b",
  "%2e%2e/x",
  ".%2E",
  "a/%2e%2e/%2E./b",
  "..%2Fx",
  "a%2F..%2F..",
  "..\\x",
  "..;a/x",
  "a/..//../b",
  "./../x",
  "..%3bx/y",
  // An escape that is malformed elsewhere in the path hides no other.
  "%2e%2e/%zz",
  "%zz/%2e%2e%2f%2E%2e",
];
const staying = [
  "",
  "a",
  "a/..",
  "a/b/../c",
  "..a",
  "a..",
  "...",
  "a/.",
  "%2e",
  "a%2Fb/../..",
  "a.b/c..d",
  "x/%2e%2e",
  "%zz/%2e%2e",
];

for (const rest of climbing) {
  test(`route - ${rest} climbs above the target's path and is refused`, () => {
    assert.equal(climbsAbove(rest), true);
    assert.equal(route("manual", { path: `/app/svc/${rest}`, query: "" }).kind, "refusal");
  });
}

test("route - dot segments that stay within the target's path pass", () => {
  for (const rest of staying) assert.equal(climbsAbove(rest), false, rest);
});
