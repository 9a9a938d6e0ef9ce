import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalTarget } from "../../../src/ingress/canonical-target.ts";
import { anyText } from "../../doubles/any-text.ts";

const piece = fc.constantFrom(
  "/",
  "a",
  "..",
  ".",
  "%2e",
  "%2F",
  "%5c",
  "\\",
  ";",
  "?",
  "#",
  "%00",
  "%25",
  "%",
  "é",
  "x",
);

test("canonical target - what is accepted is the same to the byte, and every reader agrees on it", () => {
  const target = fc.oneof(
    fc.array(piece).map((pieces) => `/${pieces.join("")}`),
    anyText(),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(target, (text) => {
      const read = canonicalTarget(text);
      if ("problem" in read) return;
      const { path, query, authority } = read;
      if (authority === undefined) assert.equal(path + query, text);
      else assert.ok(text.endsWith(query));
      // The WHATWG parser resolves dot segments, also escaped ones, and turns backslashes.
      assert.equal(new URL(`http://host${path}`).pathname, path);
      // Whoever decodes finds no more segments than whoever does not.
      assert.equal(decodeSafely(path).split(/[/\\]/).length, path.split("/").length);
      assert.doesNotMatch(decodeSafely(path), /\/\/|[\0\r\n]/);
    }),
    { numRuns: 2000 },
  );
});

function decodeSafely(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

test("canonical target - an absolute form gives its path and its host", () => {
  assert.deepEqual(canonicalTarget("https://gateway.localhost:8443/a?b"), {
    path: "/a",
    query: "?b",
    authority: "gateway.localhost:8443",
  });
  assert.deepEqual(canonicalTarget("http://host"), { path: "/", query: "", authority: "host" });
  assert.deepEqual(canonicalTarget("http://host?x"), { path: "/", query: "?x", authority: "host" });
  for (const target of ["*", "", "a/b", "ftp://host/a", "http://user@host/a", "host:443", "//host/a"]) {
    assert.ok("problem" in canonicalTarget(target), target);
  }
});

test("canonical target - a hostile path takes no more than linear time", () => {
  for (const repeated of ["/", ".", "/a", "/.", "%", "%2", "a.", "..;", "%2e"]) {
    canonicalTarget(`/${repeated.repeat(300_000)}`);
    canonicalTarget(`/${repeated.repeat(300_000)}!`);
    canonicalTarget(`http://${repeated.repeat(300_000)}`);
  }
});
