import { deepEqual, equal } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { collectContents } from "../../../src/documents/collect-contents.ts";
import { GuardedBlobs } from "../../../src/documents/guarded-blobs.ts";
import { sha256 } from "../../contract/blobs/subject.ts";
import { collected } from "../../doubles/collected.ts";
import { readAll, RunningDocuments } from "../../doubles/documents.ts";
import { S3Server } from "../../doubles/s3-server.ts";
import { findBinary } from "../../tools/binary.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const GROUP = { application: "shop", serviceId: ID, displayName: "", description: "" };
const HOUR = 3_600_000;

const { skip } = findBinary("versitygw");

function document(text: string) {
  return { type: "docs" as const, fileName: "content.json", content: Buffer.from(text) };
}

test(
  "contents in S3 - documents outlive a start, and what nothing names goes after an hour",
  { skip },
  async () => {
    await using storage = await S3Server.start();
    await using blobs = await storage.open("data");
    await using running = await RunningDocuments.open({ contents: blobs, services: [ID] });
    await running.services.publish(GROUP, await running.services.stage([document("{}")]));
    await running.services.stage([document("never published")]);
    await running.services.stage([document("never published, but young")]);
    await running.catalog.list("shop", ID);
    await running.stop();
    await running.start();
    const young = sha256(Buffer.from("never published, but young"));
    for (const key of storage.keys()) storage.age(key, key === young ? HOUR - 60_000 : HOUR + 60_000);
    const collect = () =>
      collectContents({ store: running.store, blobs: new GuardedBlobs(blobs, systemClock) });
    await collect();
    deepEqual(new Set(storage.keys()), new Set([young, sha256(Buffer.from("{}"))]));
    const [read] = await readAll(running.services, ID);
    equal(Buffer.from(read?.content ?? []).toString(), "{}");
    storage.age(young, 120_000);
    equal(await collect(), 1);
  },
);

test(
  "contents in S3 - a bucket with more objects than a page of its list is listed to the end",
  { skip },
  async () => {
    await using storage = await S3Server.start();
    await using blobs = await storage.open("data");
    const hashes = Array.from({ length: 2100 }, (_, index) => sha256(Buffer.from(String(index))));
    for (const hash of hashes) writeFileSync(join(storage.objects, hash), "x");
    const found = (await collected(blobs.list())).map(({ hash }) => hash);
    equal(found.length, new Set(found).size);
    // And the content without a byte, by which the store saw at its opening that contents can be kept.
    deepEqual(new Set(found), new Set([...hashes, sha256(Buffer.alloc(0))]));
  },
);
