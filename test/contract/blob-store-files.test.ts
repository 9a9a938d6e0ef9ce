import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { openFileBlobStore } from "../../src/stores/sqlite/file-blob-store.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { blobStoreContract } from "./blob-store-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

blobStoreContract("file", async () => {
  const clock = new FakeClock();
  const open = () => openFileBlobStore({ directory: directory.path, clock });
  return {
    store: await open(),
    open,
    pass: () => clock.advance(1),
    damage: (hash) => {
      appendFileSync(join(directory.path, "blobs", hash.slice(0, 2), hash.slice(2, 4), hash), "x");
    },
  };
});
