import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { collected } from "../../doubles/collected.ts";
import { listed, sha256, uniqueContent, type BlobSubjects } from "./subject.ts";

const HASH = "0123456789abcdef".repeat(4);

/** Texts that are no hash, some of which would lead somewhere else as a path. */
const NO_HASHES = [
  "",
  ".",
  "../../store.key",
  "/etc/passwd",
  `${HASH.slice(0, 61)}/..`,
  `../${HASH.slice(3)}`,
  HASH.slice(1),
  `${HASH}0`,
  `${HASH}\n`,
  `${HASH}\0`,
  HASH.toUpperCase(),
];

export function keepingContract(name: string, subjects: BlobSubjects): void {
  test(`${name} blob store - what was never put is not there, and its deletion is no error`, async () => {
    const { store } = subjects();
    equal(await store.get(HASH), undefined);
    equal(await store.has(HASH), false);
    await store.delete(HASH);
  });

  test(`${name} blob store - a text that is no hash names nothing`, async () => {
    const { store } = subjects();
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...NO_HASHES));
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        equal(await store.get(text), undefined);
        equal(await store.has(text), false);
        await store.delete(text);
      }),
      { examples: NO_HASHES.map((text): [string] => [text]) },
    );
  });

  test(`${name} blob store - what was deleted is gone, and can be put again`, async () => {
    const { store } = subjects();
    const content = uniqueContent();
    const { hash } = await store.put(content);
    await store.delete(hash);
    equal(await store.has(hash), false);
    equal(await store.get(hash), undefined);
    deepEqual(await listed(store, hash), []);
    await store.put(content);
    deepEqual(await store.get(hash), content);
  });

  test(`${name} blob store - a deletion of the old spares what was put since`, async () => {
    const { store, pass } = subjects();
    const content = uniqueContent();
    const old = await store.put(content);
    await store.delete(old.hash, { putBefore: old.putAt });
    equal(await store.has(old.hash), true);
    await pass();
    const young = await store.put(content);
    await store.delete(old.hash, { putBefore: young.putAt });
    equal(await store.has(old.hash), true);
    await store.delete(old.hash, { putBefore: young.putAt + 1 });
    equal(await store.has(old.hash), false);
  });

  test(`${name} blob store - what is put while its old age is being deleted stays`, async () => {
    const { store, pass } = subjects();
    const contents = Array.from({ length: 20 }, () => uniqueContent(100_000));
    const old = await Promise.all(contents.map((content) => store.put(content)));
    await pass();
    const putBefore = Math.max(...old.map(({ putAt }) => putAt)) + 1;
    await Promise.all([
      ...contents.map((content) => store.put(content)),
      ...old.map(({ hash }) => store.delete(hash, { putBefore })),
    ]);
    for (const { hash } of old) equal(sha256((await store.get(hash)) ?? Buffer.alloc(0)), hash);
  });

  test(`${name} blob store - damaged content is not handed out, and is repaired by being put again`, async () => {
    const { store, damage } = subjects();
    const content = uniqueContent();
    const { hash } = await store.put(content);
    await damage(hash);
    await rejects(store.get(hash), { code: "BLOB_DAMAGED", message: new RegExp(hash) });
    await store.put(content);
    deepEqual(await store.get(hash), content);
  });

  test(`${name} blob store - a list has all there are, each once, with size and time`, async () => {
    const { store } = subjects();
    const put = await Promise.all(Array.from({ length: 40 }, (_, index) => store.put(uniqueContent(index))));
    const found = await collected(store.list());
    const byHash = new Map(found.map((blob) => [blob.hash, blob]));
    equal(byHash.size, found.length);
    deepEqual(
      put.map(({ hash }) => byHash.get(hash)),
      put,
    );
  });

  test(`${name} blob store - a list ends when its reader has enough, or with the signal's reason`, async () => {
    const { store } = subjects();
    await Promise.all([store.put(uniqueContent()), store.put(uniqueContent())]);
    let read = 0;
    for await (const { hash } of store.list()) {
      ok(hash);
      read++;
      break;
    }
    equal(read, 1);
    const abort = new AbortController();
    const reason = new Error("enough");
    const list = store.list({ signal: abort.signal })[Symbol.asyncIterator]();
    equal((await list.next()).done, false);
    abort.abort(reason);
    await rejects(list.next(), (error) => error === reason);
    await rejects(store.get(sha256(uniqueContent()), { signal: abort.signal }), (error) => error === reason);
  });

  test(`${name} blob store - a closed store says so, and what it kept is there for the next`, async () => {
    const { store, open } = subjects();
    const content = uniqueContent();
    const first = await open();
    const { hash } = await first.put(content);
    const hanging = Promise.withResolvers<never>();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield await hanging.promise;
    }
    const unfinished = rejects(first.put(stuck()), { code: "BLOB_STORE_UNAVAILABLE" });
    await first[Symbol.asyncDispose]();
    await unfinished;
    const closed = { code: "BLOB_STORE_UNAVAILABLE", message: /the store is closed/ };
    await rejects(first.put(content), closed);
    await rejects(first.get(hash), closed);
    await rejects(first.has(hash), closed);
    await rejects(first.delete(hash), closed);
    await rejects(collected(first.list()), closed);
    await first[Symbol.asyncDispose]();
    deepEqual(await store.get(hash), content);
  });
}
