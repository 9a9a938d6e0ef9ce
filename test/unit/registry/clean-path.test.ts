import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanPath } from "../../../src/registry/clean-path.ts";

test("clean path - empty and dot segments go, and a slash at the end stays", () => {
  for (const [path, clean] of [
    ["/a//b", "/a/b"],
    ["//a", "/a"],
    ["/a/./b/../c/", "/a/c/"],
    ["/a/b/%2e%2E/c", "/a/c"],
    ["/../..", "/"],
    ["/a/..", "/"],
    ["/a/b/.", "/a/b/"],
    ["/", "/"],
    ["", "/"],
  ] as const) {
    equal(cleanPath(path), clean, path);
  }
});

test("clean path - what is clean stays, and nothing leads to another host", () => {
  const segment = fc.constantFrom("", ".", "..", "%2e", "a", "b.c", "x%20y");
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const clean = cleanPath(`/${segments.join("/")}`);
      ok(!clean.startsWith("//"));
      equal(cleanPath(clean), clean);
    }),
  );
});
