import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonText } from "../../../src/telemetry/json-text.ts";
import { printable } from "../../../src/telemetry/printable.ts";
import { timestamp } from "../../../src/telemetry/timestamp.ts";
import { traceIdOf } from "../../../src/telemetry/trace-id.ts";
import { anyText } from "../../doubles/any-text.ts";

test("log text - every text reads back from its JSON, which is printable ASCII on one line", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const json = jsonText(text);
      assert.equal(JSON.parse(json), text);
      assert.match(json, /^[\x20-\x7e]*$/);
    }),
  );
});

test("log text - lone surrogates, quotes, controls and direction marks are escaped", () => {
  assert.equal(jsonText('a"b\\c\n\u007F\u2028\u202E\uD800'), String.raw`"a\"b\\c\n\u007f\u2028\u202e\ud800"`);
});

test("log text - long texts are cut", () => {
  const text: unknown = JSON.parse(jsonText("x".repeat(10_000)));
  assert.equal(text, `${"x".repeat(2048)}…`);
});

test("log text - times are those of Date, in whatever order they come", () => {
  const date = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  fc.assert(fc.property(date, (time) => assert.equal(timestamp(time), new Date(time).toISOString())));
});

test("log text - a terminal is sent no control, no escape and no direction mark", () => {
  const shown = printable("a\u001B[31mred\r\nfake line\u009B\u202E\u2066é😀");
  assert.equal(shown, String.raw`a\u{1b}[31mred\u{d}\u{a}fake line\u{9b}\u{202e}\u{2066}é😀`);
});

test("log text - a trace id is taken only from a well-formed traceparent", () => {
  const id = "0af7651916cd43dd8448eb211c80319c";
  assert.equal(traceIdOf(`00-${id}-b7ad6b7169203331-01`), id);
  assert.equal(traceIdOf(`cc-${id}-b7ad6b7169203331-01-more`), id);
  for (const header of [undefined, "", id, `00-${id.toUpperCase()}-b7ad6b7169203331-01`]) {
    assert.equal(traceIdOf(header), undefined);
  }
  assert.equal(traceIdOf(`00-0af7651916cd43dd8448eb21","x":"80319-b7ad6b7169203331-01`), undefined);
});
