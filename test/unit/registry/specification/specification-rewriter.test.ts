import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { systemClock } from "../../../../src/core/clock.ts";
import { gatewayAddress } from "../../../../src/registry/specification/gateway-address.ts";
import { SpecificationRewriter } from "../../../../src/registry/specification/specification-rewriter.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

const address = gatewayAddress("http://gateway.example:8080", "shop", "orders-api");
const rewriting = { apiType: "", address, rewriteOpenApi3: false };

function text(content: Uint8Array): string {
  return Buffer.from(content).toString();
}

test("rewriter - large documents are rewritten like small ones, several at a time", async () => {
  await using rewriter = new SpecificationRewriter(systemClock);
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
  await using rewriter = new SpecificationRewriter(systemClock);
  for (const size of [10, 300 * 1024]) {
    const content = Buffer.concat([
      Buffer.from('{"swagger":"2.0","a":"'),
      Buffer.alloc(size, 0xff),
      Buffer.from('"}'),
    ]);
    assert.deepEqual(Buffer.from(await rewriter.rewrite(content, rewriting)), content);
  }
});

test("rewriter - a document that takes too long stays as it is, and the next one has its turn", async () => {
  const clock = new FakeClock();
  await using rewriter = new SpecificationRewriter(clock);
  const source = JSON.stringify({ swagger: "2.0", "x-padding": "p".repeat(8 * 1024 * 1024) });
  const slow = [1, 2].map(() => rewriter.rewrite(Buffer.from(source), rewriting));
  await clock.advance(10_000);
  for (const content of await Promise.all(slow)) assert.equal(text(content), source);
  const next = await rewriter.rewrite(Buffer.from(source), rewriting);
  assert.ok(text(next).includes("gateway.example"));
});

test("rewriter - closing it ends what is under way", async () => {
  const rewriter = new SpecificationRewriter(systemClock);
  const source = JSON.stringify({ swagger: "2.0", "x-padding": "p".repeat(1024 * 1024) });
  const contents = [1, 2, 3].map(() => rewriter.rewrite(Buffer.from(source), rewriting));
  // So that two have their threads, and the third waits.
  await turn();
  await rewriter.close();
  for (const content of await Promise.all(contents)) assert.equal(text(content), source);
});
