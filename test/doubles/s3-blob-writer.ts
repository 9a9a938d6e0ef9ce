import { randomBytes } from "node:crypto";
import { systemClock } from "../../src/core/clock.ts";
import { openS3BlobStore } from "../../src/stores/s3/s3-blob-store.ts";
import type { S3Options } from "../../src/stores/s3/options.ts";
import { inPieces } from "../contract/blobs/subject.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that keeps contents in the storage of its second argument (settings as JSON) without end, by way of
 * the data directory of its first, and names each that was acknowledged on a line of its own: `{"hash":…,"size":…}`.
 */
const [directory = "", options = ""] = process.argv.slice(2);
const store = await openS3BlobStore({
  options: JSON.parse(options) as S3Options,
  connection: { authorities: "default", proxy: undefined, connectTimeout: 10_000 },
  directory,
  clock: systemClock,
  random: Math.random,
});

async function write(): Promise<void> {
  for (;;) {
    const content = randomBytes(1 + Math.floor(Math.random() * 1_000_000));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { hash, size } = await store.put(inPieces(content, 16 * 1024));
    sayNow({ hash, size });
  }
}

await Promise.all(Array.from({ length: 16 }, write));
