import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonMember } from "../../../src/connector/json-member.ts";

const read = (text: string) => jsonMember(Buffer.from(text), "csr");
const member = (value: string) => ({ kind: "member", value });

test("json member - the name in any case counts, the last one, and null is nothing", () => {
  assert.deepEqual(read('{"CSR":"a","Csr":"b"}'), member("b"));
  assert.deepEqual(read('{"csr":"a","CSR":null}'), member("a"));
  assert.deepEqual(read('{"__proto__":{"csr":"a"}}'), member(""));
  assert.deepEqual(read(' {"csr":"a"}\n'), member("a"));
});

test("json member - whatever the bytes are, there is an answer, and it quotes none of them", () => {
  const secret = "c4n4ryS3cret";
  const around = fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(around, ([before, after]) => {
      const found = read(`${before}${secret}${after}`);
      assert.equal(found.kind === "unreadable" && found.detail.includes("c4n4ry"), false);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(["member", "unreadable"].includes(read(JSON.stringify(value)).kind), true);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (value) =>
      assert.deepEqual(read(JSON.stringify({ csr: value })), member(value.toWellFormed())),
    ),
  );
});

test("json member - a text that ends too early is told from one that is wrong", () => {
  for (const text of ["", " \n", "{", '{"csr"', '{"csr":', '{"csr":"a', '{"csr":"a"', "[", "tru"]) {
    assert.deepEqual(read(text), { kind: "unreadable", detail: "unexpected end of JSON input" }, text);
  }
  for (const text of ["x", "{x", '{"csr":x}', '{"csr":"a"}}', "'a'", '{"csr":"\u0001"}']) {
    const found = read(text);
    assert.match(
      found.kind === "unreadable" ? found.detail : "",
      /^invalid character( at position \d+)?$/,
      text,
    );
  }
});
