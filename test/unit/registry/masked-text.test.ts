import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskedText } from "../../../src/registry/masked-text.ts";

test("masked text - the user information of every URL in it is hidden, and nothing else", () => {
  for (const [text, masked] of [
    ["Fetching https://anna:geheim@h.example/x failed", "Fetching https://***:***@h.example/x failed"],
    ["a ftp://u:@h b ws://u:p@[::1]:80/", "a ftp://***:***@h b ws://***:***@[::1]:80/"],
    ['Get "http://u:p/w@h.example": refused', 'Get "http://***:***@h.example": refused'],
    ["http://h.example:8080/x@y is fine", "http://h.example:8080/x@y is fine"],
    ["http://h.example/a:b@c is fine", "http://h.example/a:b@c is fine"],
    ["http://anna@h.example is no pair", "http://anna@h.example is no pair"],
    ["no URL, anna:geheim@h", "no URL, anna:geheim@h"],
  ] as const) {
    equal(maskedText(text), masked);
  }
});

test("masked text - no password of any kind gets through", () => {
  const password = fc
    .string({ unit: "binary-ascii", minLength: 6, maxLength: 30 })
    .filter((text) => !/[\s@]/.test(text) && !/^\d*(?:[/?#"]|$)/.test(text));
  fc.assert(
    fc.property(password, (text) => {
      ok(!maskedText(`Fetching http://someone:${text}@h.example/x failed`).includes(`:${text}@`));
    }),
  );
});
