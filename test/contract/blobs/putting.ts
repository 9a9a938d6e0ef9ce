import { test } from "node:test";
import { deepEqual, equal, rejects } from "node:assert/strict";
import fc from "fast-check";
import { inPieces, listed, sha256, uniqueContent, type BlobSubjects } from "./subject.ts";

export function puttingContract(name: string, subjects: BlobSubjects): void {
  test(`${name} blob store - what was put is there under its hash, byte by byte`, async () => {
    const { store } = subjects();
    const anyContent = fc.uint8Array({ maxLength: 5000 });
    await fc.assert(
      fc.asyncProperty(anyContent, fc.integer({ min: 1, max: 700 }), async (content, size) => {
        const kept = await store.put(inPieces(content, size));
        deepEqual([kept.hash, kept.size], [sha256(content), content.length]);
        equal(await store.has(kept.hash), true);
        deepEqual(await store.get(kept.hash), Buffer.from(content));
      }),
      { numRuns: 30 },
    );
  });

  test(`${name} blob store - large content comes in one piece as well as in many`, async () => {
    const { store } = subjects();
    const content = uniqueContent(5 * 1024 * 1024 + 17);
    const { hash } = await store.put(content);
    equal(hash, sha256(content));
    equal(content.equals((await store.get(hash))!), true);
    const other = uniqueContent(3 * 1024 * 1024 + 1);
    const kept = await store.put(inPieces(other, 64 * 1024));
    equal(other.equals((await store.get(kept.hash))!), true);
  });

  test(`${name} blob store - content without a byte is content`, async () => {
    const { store } = subjects();
    const { hash, size } = await store.put(new Uint8Array());
    equal(size, 0);
    deepEqual(await store.get(hash), Buffer.alloc(0));
  });

  test(`${name} blob store - up to the limit is kept, one byte more is refused and leaves nothing`, async () => {
    const { store } = subjects();
    const content = uniqueContent(5000);
    const fitting = content.subarray(0, 4999);
    equal((await store.put(fitting, { limit: 4999 })).size, 4999);
    for (const given of [content, inPieces(content, 512)]) {
      await rejects(store.put(given, { limit: 4999 }), {
        code: "BLOB_TOO_LARGE",
        message: "the content is larger than 4999 bytes",
      });
    }
    equal(await store.has(sha256(content)), false);
  });

  test(`${name} blob store - content without an end is let go as soon as it is too large`, async () => {
    const { store } = subjects();
    const ended = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield uniqueContent(1000);
      } finally {
        ended.resolve();
      }
    }
    await rejects(store.put(endless(), { limit: 10_000 }), { code: "BLOB_TOO_LARGE" });
    await ended.promise;
  });

  test(`${name} blob store - the same content put at the same time is kept once`, async () => {
    const { store } = subjects();
    const content = uniqueContent(200_000);
    const kept = await Promise.all(
      Array.from({ length: 12 }, (_, index) => store.put(inPieces(content, 1000 * (index + 1)))),
    );
    deepEqual([...new Set(kept.map(({ hash }) => hash))], [sha256(content)]);
    equal((await listed(store, sha256(content))).length, 1);
    equal(content.equals((await store.get(sha256(content)))!), true);
  });

  test(`${name} blob store - content that is put again is young again`, async () => {
    const { store, pass } = subjects();
    const content = uniqueContent();
    const first = await store.put(content);
    await pass();
    const again = await store.put(content);
    equal(again.hash, first.hash);
    equal(again.putAt > first.putAt, true);
    deepEqual(await listed(store, first.hash), [again]);
  });

  test(`${name} blob store - an error of the content is passed on, and nothing is kept`, async () => {
    const { store } = subjects();
    const begun = uniqueContent();
    const failure = new Error("the sender is gone");
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* inPieces(begun, 100);
      throw failure;
    }
    await rejects(store.put(broken()), (error) => error === failure);
    equal(await store.has(sha256(begun)), false);
  });

  test(`${name} blob store - who stops waiting for content that hangs gets the signal's reason`, async () => {
    const { store } = subjects();
    const hanging = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield uniqueContent();
      reached.resolve();
      await hanging.promise;
    }
    const abort = new AbortController();
    const reason = new Error("enough");
    const refused = rejects(store.put(stuck(), { signal: abort.signal }), (error) => error === reason);
    await reached.promise;
    abort.abort(reason);
    await refused;
    hanging.resolve();
    await rejects(store.put(uniqueContent(), { signal: abort.signal }), (error) => error === reason);
  });
}
