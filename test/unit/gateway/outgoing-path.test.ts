import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodePath, encodePath } from "../../../src/core/percent-encoding.ts";
import { hostedPath, joinPaths, outgoingPath, outgoingQuery } from "../../../src/gateway/outgoing-path.ts";
import { compileTarget } from "../../../src/snapshot/compile-target.ts";
import type { CompiledTarget } from "../../../src/snapshot/compiled.ts";
import type { RequestParameters } from "../../../src/credentials/provider.ts";

function target(url: string, encodeUrl = true): CompiledTarget {
  const compiled = compileTarget(url, { encodeUrl, refuses: () => false });
  assert.equal(compiled.kind, "target");
  assert.ok(compiled.kind === "target");
  return compiled;
}

const NONE: RequestParameters = { headers: [], query: [] };

/** target path, rest, bytes with encodeUrl true, bytes with encodeUrl false (gateway spec §7). */
const paths: readonly [base: string, rest: string, encoded: string, raw: string][] = [
  ["", "", "/", "/"],
  ["/", "", "/", "/"],
  ["/base", "", "/base", "/base"],
  ["/base/", "", "/base/", "/base/"],
  ["/base", "orders/123", "/base/orders/123", "/base/orders/123"],
  ["/base/", "orders", "/base/orders", "/base/orders"],
  ["/base/", "/orders", "/base/orders", "/base/orders"],
  ["", "orders", "/orders", "/orders"],
  ["", "a:b", "/a:b", "/a:b"],
  ["", "//b", "//b", "//b"],
  ["", "orders/hello('%7Cw%7C')", "/orders/hello%28%27%7Cw%7C%27%29", "/orders/hello('%7Cw%7C')"],
  ["", "a%2Fb", "/a/b", "/a%2Fb"],
  ["", "a%25b", "/a%25b", "/a%25b"],
  ["", "a%3Fb", "/a%3Fb", "/a%3Fb"],
  ["", "a%2fb%3f", "/a/b%3F", "/a%2fb%3f"],
  ["", "[x]!*", "/%5Bx%5D%21%2A", "/[x]!*"],
  ["", "$metadata&a+b,c;d=e@f~", "/$metadata&a+b,c;d=e@f~", "/$metadata&a+b,c;d=e@f~"],
  ["", 'a"b|c<d', "/a%22b%7Cc%3Cd", "/a%22b%7Cc%3Cd"],
  ["", "Gr\u00c3\u00b6\u00c3\u009fe", "/Gr%C3%B6%C3%9Fe", "/Gr%C3%B6%C3%9Fe"],
  ["/x/Xyz('1')", "", "/x/Xyz('1')", "/x/Xyz('1')"],
  ["/x/Xyz('1')", "y", "/x/Xyz%28%271%27%29/y", "/x/Xyz('1')/y"],
  ["/a%2Fb", "c", "/a/b/c", "/a%2Fb/c"],
];

for (const [base, rest, encoded, raw] of paths) {
  test(`outgoing path - "${base}" and "${rest}" become ${encoded}, raw ${raw}`, () => {
    assert.equal(outgoingPath(target(`https://h${base}`), rest), encoded);
    assert.equal(outgoingPath(target(`https://h${base}`, false), rest), raw);
  });
}

test("outgoing path - malformed escapes are refused where they would have to be decoded", () => {
  assert.equal(outgoingPath(target("https://h"), "a%zz"), undefined);
  assert.equal(outgoingPath(target("https://h"), "a%2"), undefined);
  assert.equal(outgoingPath(target("https://h", false), "a%zz"), "/a%zz");
});

test("outgoing path - encoding any decoded path and decoding it again gives the same bytes", () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  });
  fc.assert(
    fc.property(bytes, (decoded) => {
      const encoded = encodePath(decoded);
      assert.match(encoded, /^[\x21-\x7e]*$/);
      assert.equal(decodePath(encoded), decoded);
    }),
  );
});

test("outgoing path - joining leaves exactly one slash between two parts", () => {
  assert.equal(joinPaths("/a", ""), "/a");
  assert.equal(joinPaths("/a", "b"), "/a/b");
  assert.equal(joinPaths("/a/", "b"), "/a/b");
  assert.equal(joinPaths("/a/", "/b"), "/a/b");
  assert.equal(joinPaths("/a", "/b"), "/a/b");
});

test("outgoing path - a host-addressed path stays unescaped where that is legal and keeps its slash", () => {
  assert.equal(hostedPath(target("http://h/base"), "/Xyz('123')/"), "/base/Xyz('123')/");
  assert.equal(hostedPath(target("http://h/base"), "/a%20b('1')"), "/base/a%20b%28%271%27%29");
  assert.equal(hostedPath(target("http://h"), "/a%2Fb"), "/a/b");
  assert.equal(hostedPath(target("http://h"), "/"), "/");
  assert.equal(hostedPath(target("http://h"), "/a%zz"), undefined);
});

/** query of the target, query of the caller, parameters, result */
const queries: readonly [
  own: string,
  caller: string,
  parameters: RequestParameters["query"],
  sent: string,
][] = [
  ["", "", [], ""],
  ["", "?a=1", [], "?a=1"],
  ["", "?", [], "?"],
  ["?sap-client=100", "", [], "?sap-client=100"],
  ["?sap-client=100", "?$filter=a eq 'b'", [], "?sap-client=100&$filter=a eq 'b'"],
  ["?sap-client=100", "?", [], "?sap-client=100"],
  ["", "", [{ name: "p", encoded: "p=v1&p=v2" }], "?p=v1&p=v2"],
  ["", "?a=%24x", [{ name: "p", encoded: "p=v" }], "?a=%24x&p=v"],
  ["", "?p=caller", [{ name: "p", encoded: "p=v" }], "?p=caller"],
  ["", "?%70=caller", [{ name: "p", encoded: "p=v" }], "?%70=caller"],
  ["?p=target", "", [{ name: "p", encoded: "p=v" }], "?p=target"],
  [
    "?p=target",
    "?q=1",
    [
      { name: "p", encoded: "p=v" },
      { name: "r", encoded: "r=%C3%A4" },
    ],
    "?p=target&q=1&r=%C3%A4",
  ],
  ["", "?", [{ name: "p", encoded: "p=v" }], "?p=v"],
];

for (const [own, caller, query, sent] of queries) {
  test(`outgoing query - target "${own}", caller "${caller}" and ${query.length} parameters make "${sent}"`, () => {
    assert.equal(outgoingQuery(target(`https://h/x${own}`), caller, { ...NONE, query }), sent);
  });
}
