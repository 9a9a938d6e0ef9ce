import { after, test } from "node:test";
import { nextSecond, S3Server } from "../doubles/s3-server.ts";
import { findBinary } from "../tools/binary.ts";
import { blobStoreContract } from "./blob-store-contract.ts";

const { skip } = findBinary("versitygw");

if (skip === false) {
  const server = await S3Server.start();
  after(() => server[Symbol.asyncDispose]());
  let opened = 0;
  blobStoreContract("s3", async () => {
    const open = () => server.open(`data-${opened++}`, { prefix: "documents/" });
    return {
      store: await open(),
      open,
      pass: nextSecond,
      damage: (hash) => server.damage(`documents/${hash}`),
    };
  });
} else {
  test("s3 blob store - does what every home of blobs does", { skip });
}
