import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../../src/core/clock.ts";
import { EndedTask } from "../../../../src/core/threads/ended-task.ts";
import { LargeWork } from "../../../../src/registry/large/large-work.ts";
import { gatewayAddress } from "../../../../src/registry/specification/gateway-address.ts";
import { SpecificationRewriter } from "../../../../src/registry/specification/specification-rewriter.ts";

const address = gatewayAddress("http://gateway.example:8080", "shop", "orders-api");
const rewriting = { apiType: "", address, rewriteOpenApi3: false };

function text(content: Uint8Array): string {
  return Buffer.from(content).toString();
}

test("rewriter - large documents are rewritten like small ones, several at a time", async () => {
  await using threads = new LargeWork(systemClock);
  const rewriter = new SpecificationRewriter(threads);
  const large = JSON.stringify({ swagger: "2.0", "x-padding": "p".repeat(1024 * 1024) });
  const yaml = `swagger: "2.0"\n${Array.from({ length: 2000 }, (_, index) => `x-${index}: ${index}\n`).join("")}`;
  const rewritten = await Promise.all(
    [large, yaml, large, yaml].map((source) => rewriter.rewrite(Buffer.from(source), rewriting)),
  );
  for (const [index, content] of rewritten.entries()) {
    const expected = index % 2 === 0 ? '"host":"gateway.example:8080"' : '\nhost: "gateway.example:8080"\n';
    assert.ok(text(content).includes(expected));
    assert.ok(text(content).length > (index % 2 === 0 ? large : yaml).length);
  }
});

test("rewriter - what is not UTF-8 stays as it is, small or large", async () => {
  await using threads = new LargeWork(systemClock);
  const rewriter = new SpecificationRewriter(threads);
  for (const size of [10, 300 * 1024]) {
    const content = Buffer.concat([
      Buffer.from('{"swagger":"2.0","a":"'),
      Buffer.alloc(size, 0xff),
      Buffer.from('"}'),
    ]);
    assert.deepEqual(Buffer.from(await rewriter.rewrite(content, rewriting)), content);
  }
});

test("rewriter - a document that takes too long stays as it is; what is surprising is told", async () => {
  const source = Buffer.from(JSON.stringify({ swagger: "2.0", "x-padding": "p".repeat(1024 * 1024) }));
  const late = Promise.reject(new EndedTask("it took too long"));
  assert.equal(await new SpecificationRewriter({ rewrite: () => late }).rewrite(source, rewriting), source);
  const broken = new SpecificationRewriter({ rewrite: () => assert.fail("a bug") });
  await assert.rejects(broken.rewrite(source, rewriting), /a bug/);
});

test("rewriter - closing the threads ends what is under way", async () => {
  const threads = new LargeWork(systemClock);
  const rewriter = new SpecificationRewriter(threads);
  const source = JSON.stringify({ swagger: "2.0", "x-padding": "p".repeat(1024 * 1024) });
  const contents = [1, 2, 3].map(() => rewriter.rewrite(Buffer.from(source), rewriting));
  await threads.close();
  for (const content of await Promise.all(contents)) assert.equal(text(content), source);
});
