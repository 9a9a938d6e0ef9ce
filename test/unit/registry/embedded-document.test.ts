import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { embeddedDocument } from "../../../src/registry/embedded-document.ts";
import type { KeptDocument } from "../../../src/registry/service-documents.ts";

function document(text: string): KeptDocument {
  const content = Buffer.from(text);
  const hash = createHash("sha256").update(content).digest("hex");
  return { type: "openapi", fileName: "apiSpec.json", hash, content };
}

/** Fails when it is read. */
function unreadable(hash: string): KeptDocument {
  const content = new Uint8Array();
  const failing = { get: () => assert.fail("the content is read again") };
  return { type: "openapi", fileName: "apiSpec.json", hash, content: new Proxy(content, failing) };
}

test("embedded document - what is read again is remembered, also that it is no JSON", () => {
  const json = document('{ "a": "<1>" }');
  const yaml = document("a: 1");
  assert.equal(embeddedDocument(json), '{"a":"\\u003c1\\u003e"}');
  assert.equal(embeddedDocument(unreadable(json.hash)), '{"a":"\\u003c1\\u003e"}');
  assert.equal(embeddedDocument(yaml), undefined);
  assert.equal(embeddedDocument(unreadable(yaml.hash)), undefined);
});

test("embedded document - the oldest are forgotten, and one that is too large is not kept", () => {
  const first = document('{"first":1}');
  assert.equal(embeddedDocument(first), '{"first":1}');
  const large = document(`"${"x".repeat(33 * 1024 * 1024)}"`);
  embeddedDocument(large);
  assert.throws(() => embeddedDocument(unreadable(large.hash)), /is read again/);
  assert.equal(embeddedDocument(unreadable(first.hash)), '{"first":1}');
  const half = "x".repeat(31 * 1024 * 1024);
  embeddedDocument(document(`"1${half}"`));
  embeddedDocument(unreadable(first.hash));
  for (const number of [2, 3, 4]) embeddedDocument(document(`"${number}${half}"`));
  assert.throws(() => embeddedDocument(unreadable(first.hash)), /is read again/);
});
