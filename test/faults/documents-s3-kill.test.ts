import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { openLocalBlobStore } from "../../src/stores/sqlite/open-local-blob-store.ts";
import { collected } from "../doubles/collected.ts";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import { S3Server } from "../doubles/s3-server.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";

const writer = new URL("../doubles/s3-blob-writer.ts", import.meta.url);

const { skip } = findBinary("versitygw");

interface Acknowledged {
  readonly hash: string;
  readonly size: number;
}

/** What a writer was told before one of the two was killed; its last line may have been cut off. */
async function interrupted(
  storage: S3Server,
  { directory, lines, victim }: { directory: string; lines: number; victim: "writer" | "storage" },
): Promise<readonly Acknowledged[]> {
  await using child = new LineProcess(writer, [directory, JSON.stringify(storage.options())]);
  await eventually(() => ok(child.lines.length > lines, child.errors), { timeout: 60_000 });
  if (victim === "storage") {
    await storage.down();
    await child.ended();
    await storage.up();
  }
  await child.kill();
  const whole = child.lines.filter((line) => line.endsWith("}"));
  return whole.map((line) => JSON.parse(line) as Acknowledged);
}

test(
  "documents in S3 - kill -9 of either side loses no content that was acknowledged and shows no half one",
  { skip },
  async () => {
    await using storage = await S3Server.start();
    const directory = join(storage.objects, "..", "..", "data");
    const acknowledged: Acknowledged[] = [];
    let onTheirWay = 0;
    for (const victim of ["writer", "storage", "writer", "storage"] as const) {
      acknowledged.push(...(await interrupted(storage, { directory, lines: 20, victim })));
      for (const key of storage.keys()) {
        equal(
          createHash("sha256")
            .update(readFileSync(join(storage.objects, key)))
            .digest("hex"),
          key,
        );
      }
      onTheirWay += readdirSync(join(directory, "blobs", "incoming")).length;
      await using store = await storage.open("data");
      deepEqual(readdirSync(join(directory, "blobs", "incoming")), [], "what was interrupted is removed");
      const listed = new Map((await collected(store.list())).map(({ hash, size }) => [hash, size]));
      for (const { hash, size } of acknowledged) equal(listed.get(hash), size);
    }
    const last = acknowledged.at(-1);
    await using store = await storage.open("data");
    equal((await store.get(last?.hash ?? ""))?.length, last?.size);
    ok(onTheirWay > 0, "the kills came while contents were on their way");
  },
);

test(
  "documents in S3 - a start that is killed while it copies contents there goes on at the next one",
  { skip },
  async () => {
    await using storage = await S3Server.start();
    await using served = await ServedInstallation.start();
    await served.stop();
    const hashes: string[] = [];
    {
      await using local = await openLocalBlobStore({ directory: served.data, clock: systemClock });
      for (let number = 0; number < 400; number++) {
        // Some are files.
        const { hash } = await local.put(randomBytes(number % 20 === 0 ? 1_500_000 : 30_000));
        hashes.push(hash);
      }
    }
    const { bucket, endpoint, accessKeyId, secretAccessKeyFile } = storage.options();
    const names = { bucket, endpoint, "access-key-id": accessKeyId };
    const settings = Object.entries({ ...names, "secret-access-key-file": secretAccessKeyFile }).map(
      ([name, value]) => `--documents-s3-${name}=${value}`,
    );
    for (const enough of [20, 120, 250]) {
      const running = served.launch(settings);
      await eventually(() => ok(storage.keys().length > enough, running.stderr), { timeout: 60_000 });
      await served.stop("SIGKILL");
      for (const key of storage.keys()) {
        const content = readFileSync(join(storage.objects, key));
        equal(createHash("sha256").update(content).digest("hex"), key);
      }
    }
    await served.start(settings);
    const keys = new Set(storage.keys());
    deepEqual(
      hashes.filter((hash) => !keys.has(hash)),
      [],
    );
    await served.stop();
    await using local = await openLocalBlobStore({ directory: served.data, clock: systemClock });
    equal((await collected(local.list())).length >= hashes.length, true, "nothing is removed");
  },
);
