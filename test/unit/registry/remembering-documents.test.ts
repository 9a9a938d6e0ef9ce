import assert from "node:assert/strict";
import { hash as hashOf } from "node:crypto";
import { test } from "node:test";
import { embeddedContent } from "../../../src/registry/embedded-content.ts";
import { RememberedDocuments } from "../../../src/registry/remembered-documents.ts";
import { rememberingDocuments } from "../../../src/registry/remembering-documents.ts";
import type { NewDocument, ServiceDocuments } from "../../../src/registry/service-documents.ts";

/** Takes the memory of what is staged, as the thread of the checks does; `fails` on its way. */
function taking({ fails = false } = {}): ServiceDocuments {
  const unused = () => assert.fail("not asked for");
  return {
    check: unused,
    publish: unused,
    references: unused,
    read: unused,
    remove: unused,
    async stage(staging) {
      const documents = staging.map(({ content, ...more }) => ({
        ...more,
        hash: hashOf("sha256", content),
      }));
      for (const { content } of staging) (content.buffer as ArrayBuffer).transfer();
      if (fails) throw new Error("the disk is full");
      return { documents };
    },
  };
}

function newDocument(type: NewDocument["type"], text: string): NewDocument {
  const content = Buffer.allocUnsafeSlow(text.length);
  content.write(text);
  return { type, fileName: `${type}.json`, content };
}

function remembered(): RememberedDocuments {
  return new RememberedDocuments({ embed: async (content) => embeddedContent(content) });
}

const [API, DOCS] = ['{"openapi":"3.1.0"}', '{"displayName":"d"}'] as const;

async function readOf(documents: RememberedDocuments, text: string): Promise<string> {
  const reference = { type: "openapi", fileName: "f", hash: hashOf("sha256", text) } as const;
  const { json } = await documents.get(reference, () => Promise.reject(new Error("it is read")));
  return Buffer.from(json).toString();
}

test("remembering documents - what was staged need not be read, wherever its memory went", async () => {
  const memory = remembered();
  const documents = rememberingDocuments(taking(), memory);
  const staged = await documents.stage([newDocument("openapi", API), newDocument("docs", DOCS)]);
  assert.deepEqual(
    staged.documents.map(({ hash }) => hash),
    [API, DOCS].map((text) => hashOf("sha256", text)),
  );
  assert.equal(await readOf(memory, API), API);
  assert.equal(await readOf(memory, DOCS), DOCS);
});

test("remembering documents - neither a large one nor what was not staged is remembered", async () => {
  const memory = remembered();
  const large = `"${"x".repeat(128 * 1024)}"`;
  await rememberingDocuments(taking(), memory).stage([newDocument("openapi", large)]);
  await assert.rejects(readOf(memory, large), /it is read/);
  const failing = rememberingDocuments(taking({ fails: true }), memory);
  await assert.rejects(failing.stage([newDocument("openapi", API)]), /the disk is full/);
  await assert.rejects(readOf(memory, API), /it is read/);
});
