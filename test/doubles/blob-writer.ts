import { randomBytes } from "node:crypto";
import { systemClock } from "../../src/core/clock.ts";
import { openLocalBlobStore } from "../../src/stores/sqlite/open-local-blob-store.ts";
import { openSqliteSearchIndex } from "../../src/stores/sqlite/search-index.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that keeps and indexes documents in the data directory of its first argument without end, and names
 * each that was acknowledged on a line of its own: `{"hash":…,"size":…}`.
 */
const [directory = ""] = process.argv.slice(2);
const store = await openLocalBlobStore({ directory, clock: systemClock });
const index = await openSqliteSearchIndex({ directory });

/** In pieces, with turns of the loop between them: a kill finds many on their way. */
async function* arriving(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 16 * 1024) {
    await new Promise((resolve) => setImmediate(resolve));
    yield content.subarray(start, start + 16 * 1024);
  }
}

async function write(): Promise<void> {
  for (let count = 0; ; count++) {
    const content = randomBytes(1 + Math.floor(Math.random() * 100_000));
    const { hash, size } = await store.put(count % 2 === 0 ? arriving(content) : content);
    await index.replace(hash, {
      application: "a",
      kind: "docs",
      title: hash,
      text: content.toString("base64"),
      version: hash,
    });
    sayNow({ hash, size });
  }
}

await Promise.all(Array.from({ length: 16 }, write));
