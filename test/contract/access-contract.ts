import { after, before, suite, test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import type { AccessRecord } from "../../src/stores/access-records.ts";
import type { Store } from "../../src/stores/store.ts";
import { anyHash, MOMENT } from "../doubles/pairing-records.ts";
import { failureOf } from "./store/subject.ts";

let made = 0;

function accessRecord(fields: Partial<AccessRecord> = {}): AccessRecord {
  return {
    name: `token-${made++}`,
    hash: anyHash(),
    prefix: "appconn_Abc1",
    role: "viewer",
    applications: undefined,
    createdAt: MOMENT,
    createdBy: "admin",
    expiresAt: undefined,
    lastUsedAt: undefined,
    ...fields,
  };
}

/** What every home of the access tokens does alike. `open` gives one store for all tests, with nothing in it. */
export function accessContract(name: string, open: () => Promise<Store>): void {
  suite(`${name} access records`, () => {
    let store: Store | undefined;
    before(async () => {
      store = await open();
    });
    after(async () => {
      await store?.close();
    });
    const records = () => {
      if (!store) throw new Error("the store was not opened");
      return store.access;
    };
    const found = async (sought: string) => (await records().list()).find((one) => one.name === sought);

    test(`${name} access - a token is listed as it was added, in the order of names`, async () => {
      const full = accessRecord({
        name: "b",
        role: "editor",
        applications: ["shop", "orders"],
        expiresAt: MOMENT + 1,
      });
      const plain = accessRecord({ name: "a", role: "admin" });
      await records().add(full);
      await records().add(plain);
      deepEqual(await records().list(), [plain, full]);
    });

    test(`${name} access - a name or a hash that exists is refused, and what exists stays`, async () => {
      const first = accessRecord();
      await records().add(first);
      await failureOf(records().add(accessRecord({ name: first.name })), "STORE_CONFLICT");
      await failureOf(records().add(accessRecord({ hash: first.hash })), "STORE_CONFLICT");
      deepEqual(await found(first.name), first);
    });

    test(`${name} access - a removed token is gone, and its name may be used again`, async () => {
      const record = accessRecord();
      await records().add(record);
      equal(await records().remove(record.name), true);
      equal(await records().remove(record.name), false);
      equal(await found(record.name), undefined);
      const next = accessRecord({ name: record.name });
      await records().add(next);
      deepEqual(await found(record.name), next);
    });

    test(`${name} access - the last use is that of the token, not of another with its name`, async () => {
      const record = accessRecord();
      await records().add(record);
      await records().used(record.hash, MOMENT + 5);
      equal((await found(record.name))?.lastUsedAt, MOMENT + 5);
      await records().used(anyHash(), MOMENT + 6);
      await records().used("no hash", MOMENT + 7);
      equal((await found(record.name))?.lastUsedAt, MOMENT + 5);
    });
  });
}
