import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after } from "node:test";
import { openLocalBlobStore } from "../../src/stores/sqlite/open-local-blob-store.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { blobStoreContract } from "./blob-store-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

blobStoreContract("layered", async () => {
  const clock = new FakeClock();
  const open = () => openLocalBlobStore({ directory: directory.path, clock });
  return {
    store: await open(),
    open,
    pass: () => clock.advance(1),
    damage: (hash) => {
      using database = new DatabaseSync(join(directory.path, "blobs.db"));
      const damaged = database.prepare("UPDATE blobs SET content = zeroblob(length(content)) WHERE hash = ?");
      damaged.run(Buffer.from(hash, "hex"));
    },
  };
});
