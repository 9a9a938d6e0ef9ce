import assert from "node:assert/strict";
import { test } from "node:test";
import { compactContent } from "../../../src/registry/compact-content.ts";
import { embeddedContent } from "../../../src/registry/embedded-content.ts";

/** Bytes that share their memory with nothing. */
function own(content: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(content);
  const alone = Buffer.allocUnsafeSlow(bytes.length);
  alone.set(bytes);
  return alone;
}

test("embedded content - JSON as an answer has it is not copied", () => {
  const content = own('{"a":"ü \u{1f600}","b":[1.0,1e2]}');
  const { json, isJson } = embeddedContent(content);
  assert.equal(json, content);
  assert.ok(isJson);
});

test("embedded content - what an answer has otherwise is written anew, in memory of its own", () => {
  for (const [content, expected, isJson] of [
    ['{ "a": 1 }\n', '{"a":1}', true],
    ['{"a":"<&>\u2028"}', '{"a":"\\u003c\\u0026\\u003e\\u2028"}', true],
    // Not UTF-8, which an answer has to be.
    [Buffer.from('{"a":"\xff"}', "latin1"), '{"a":"\ufffd"}', true],
    ["a: ü", '"a: ü"', false],
    ["", '""', false],
  ] as const) {
    const embedded = embeddedContent(own(content));
    assert.equal(Buffer.from(embedded.json).toString(), expected);
    assert.equal(embedded.json.buffer.byteLength, embedded.json.length);
    assert.equal(embedded.isJson, isJson);
  }
});

test("embedded content - a part of a larger memory does not keep all of it", () => {
  const whole = Buffer.from("0123[1]89");
  const { json } = embeddedContent(whole.subarray(4, 7));
  assert.equal(Buffer.from(json).toString(), "[1]");
  assert.equal(json.buffer.byteLength, json.length);
});

test("embedded content - what is known to be compact is embedded as if nobody knew", () => {
  for (const text of [
    '{"a":"ü"}',
    '{"a":"<"}',
    '{"a":">"}',
    '{"a":"&"}',
    '{"a":"\u2028"}',
    '{"a":"\u2029"}',
    "null",
  ]) {
    const [known, unknown] = [compactContent(own(text)), own(text)];
    assert.deepEqual(
      Buffer.from(embeddedContent(known).json).toString(),
      Buffer.from(embeddedContent(unknown).json).toString(),
    );
    assert.ok(embeddedContent(known).isJson);
  }
});
