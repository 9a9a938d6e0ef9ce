import { test } from "node:test";
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { illegalBase64At } from "../../../src/core/base64.ts";

test("base64 - names the place where it is broken", () => {
  for (const [text, at] of [
    ["!!!", 0],
    ["YQ", 0],
    ["YWJjYQ", 4],
    ["YWJjYQ=", 4],
    ["YW-j", 2],
    ["=", 0],
    ["YQ==YQ==", 0],
    ["YWJj ", 4],
  ] as const) {
    equal(illegalBase64At(text), at, text);
  }
});

test("base64 - whatever an encoder writes is good, with line breaks too", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(80), (bytes, column) => {
      const text = Buffer.from(bytes).toString("base64");
      equal(illegalBase64At(text), undefined);
      equal(illegalBase64At(`${text.slice(0, column)}\r\n${text.slice(column)}\n`), undefined);
    }),
  );
});
