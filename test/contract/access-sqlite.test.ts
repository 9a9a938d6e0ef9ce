import { after, test } from "node:test";
import { deepEqual } from "node:assert/strict";
import type { AccessRecord } from "../../src/stores/access-records.ts";
import { anyHash, MOMENT } from "../doubles/pairing-records.ts";
import { openTestStore } from "../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { accessContract } from "./access-contract.ts";

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

accessContract("sqlite", () => openTestStore(directory.path));

test("sqlite access - tokens are there when the store is opened again", async () => {
  using kept = new TemporaryDirectory();
  const record: AccessRecord = {
    name: "ci",
    hash: anyHash(),
    prefix: "appconn_x",
    role: "editor",
    applications: ["shop"],
    createdAt: MOMENT,
    createdBy: "admin",
    expiresAt: MOMENT,
    lastUsedAt: undefined,
  };
  {
    await using store = await openTestStore(kept.path);
    await store.access.add(record);
  }
  await using again = await openTestStore(kept.path);
  deepEqual(await again.access.list(), [record]);
});
