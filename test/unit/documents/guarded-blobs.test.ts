import { equal } from "node:assert/strict";
import { test } from "node:test";
import { GRACE, GuardedBlobs } from "../../../src/documents/guarded-blobs.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { MemoryBlobStore } from "../../doubles/memory-blob-store.ts";

for (const size of [1000, 3 * 1024 * 1024]) {
  test(`guarded blobs - content of ${size} bytes that is put again is not collected for as long as new one`, async () => {
    const clock = new FakeClock();
    const blobs = new GuardedBlobs(new MemoryBlobStore(clock), clock);
    const content = Buffer.alloc(size, "a");
    const { hash } = await blobs.put(content);
    equal(await blobs.has(hash), true);
    await clock.advance(GRACE - 1);
    equal(await blobs.collect(hash), false);
    equal((await blobs.put(content)).hash, hash);
    await clock.advance(GRACE - 1);
    equal(await blobs.collect(hash), false);
    await clock.advance(2);
    equal(await blobs.collect(hash), true);
    equal(await blobs.has(hash), false);
  });
}
