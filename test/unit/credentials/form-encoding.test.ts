import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formBody, formEncode } from "../../../src/credentials/form-encoding.ts";

test("form encoding - writes what Go's url.QueryEscape writes", () => {
  assert.equal(formEncode("AZaz09-_.~"), "AZaz09-_.~");
  assert.equal(
    formEncode(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"),
    "+%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D",
  );
  assert.equal(formEncode("grün\n"), "gr%C3%BCn%0A");
});

test("form encoding - bytes that are not UTF-8 survive", () => {
  assert.equal(formEncode(Buffer.from([0xff, 0x00, 0x41])), "%FF%00A");
});

test("form encoding - every reader of forms gets back what was written", () => {
  const field = fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const wellFormed = fields.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()] as const);
      const read = [...new URLSearchParams(formBody(wellFormed))];
      assert.deepEqual(
        read,
        wellFormed.filter(([name, value]) => `${name}=${value}` !== ""),
      );
    }),
  );
});

test("form encoding - nothing but unreserved characters, plus and escapes is written", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => /^([A-Za-z0-9\-_.~+]|%[0-9A-F]{2})*$/.test(formEncode(bytes))),
  );
});
