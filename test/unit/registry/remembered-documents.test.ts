import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { embeddedContent } from "../../../src/registry/embedded-content.ts";
import { embeddedDocuments } from "../../../src/registry/embedded-documents.ts";
import { RememberedDocuments } from "../../../src/registry/remembered-documents.ts";
import type { DocumentReference, DocumentType } from "../../../src/registry/service-documents.ts";

function open(): RememberedDocuments {
  return new RememberedDocuments({ embed: async (content) => embeddedContent(content) });
}

function reference(text: string, type: DocumentType = "openapi"): DocumentReference {
  return { type, fileName: "file", hash: createHash("sha256").update(text).digest("hex") };
}

async function read(documents: RememberedDocuments, text: string): Promise<string> {
  const { json } = await documents.get(reference(text), async () => Buffer.from(text));
  return String(json);
}

/** Fails when it is read. */
async function readAgain(documents: RememberedDocuments, text: string): Promise<string> {
  const { json } = await documents.get(reference(text), () =>
    Promise.reject(new Error("the content is read again")),
  );
  return String(json);
}

test("remembered documents - what is read again is remembered, also what is no JSON", async () => {
  const documents = open();
  for (const [text, expected] of [
    ['{ "a": "<1>" }', '{"a":"\\u003c1\\u003e"}'],
    ["a: 1", '"a: 1"'],
  ] as const) {
    assert.equal(await read(documents, text), expected);
    assert.equal(await readAgain(documents, text), expected);
  }
});

test("remembered documents - the oldest are forgotten, and one that is too large is not kept", async () => {
  const documents = open();
  const first = '{"first":1}';
  await read(documents, first);
  const large = `"${"x".repeat(33 * 1024 * 1024)}"`;
  await read(documents, large);
  await assert.rejects(readAgain(documents, large), /is read again/);
  assert.equal(await readAgain(documents, first), first);
  const half = "x".repeat(31 * 1024 * 1024);
  await read(documents, `"1${half}"`);
  await readAgain(documents, first);
  for (const number of [2, 3, 4]) await read(documents, `"${number}${half}"`);
  await assert.rejects(readAgain(documents, first), /is read again/);
});

test("remembered documents - what was added is not read, and makes room for others as all do", async () => {
  const documents = open();
  const texts = ['{ "a": "<1>" }', "a: 1"] as const;
  for (const text of texts) documents.add(reference(text).hash, Buffer.from(text));
  for (const expected of ['{"a":"\\u003c1\\u003e"}', '"a: 1"'].entries()) {
    const [index, json] = expected;
    for (let again = 0; again < 2; again++) {
      assert.equal(await readAgain(documents, texts[index] ?? ""), json);
    }
  }
  // What is known already stays as it is.
  documents.add(reference(texts[1]).hash, Buffer.from("another"));
  assert.equal(await readAgain(documents, texts[1]), '"a: 1"');
  const added = [1, 2, 3].map((number) => `"${number}${"x".repeat(31 * 1024 * 1024)}"`);
  for (const text of added) documents.add(reference(text).hash, Buffer.from(text));
  for (const forgotten of [...texts, added[0] ?? ""]) {
    await assert.rejects(readAgain(documents, forgotten), /is read again/);
  }
  assert.equal(await readAgain(documents, added[2] ?? ""), added[2]);
});

test("remembered documents - whoever asks meanwhile waits for the same, and a failure is not remembered", async () => {
  const documents = open();
  const reading = Promise.withResolvers<Uint8Array>();
  const both = [
    documents.get(reference("1"), () => reading.promise),
    documents.get(reference("1"), () => assert.fail("it is read twice")),
  ];
  reading.reject(new Error("the disk"));
  for (const one of both) await assert.rejects(one, /the disk/);
  assert.equal(await read(documents, "1"), "1");
});

test("embedded documents - events or a documentation that are no JSON are a fault of ours", async () => {
  for (const type of ["asyncapi", "docs"] as const) {
    const context = {
      remembered: open(),
      documents: {
        read: async () => Buffer.from("hunter2"),
        references: () => assert.fail(),
        stage: () => assert.fail(),
        check: () => assert.fail(),
        publish: () => assert.fail(),
        remove: () => assert.fail(),
      },
    };
    await assert.rejects(
      embeddedDocuments(context, "s1", [reference("hunter2", type)]),
      new TypeError(`the stored document of type ${type} is no JSON`),
    );
  }
});
