import { test } from "node:test";
import { equal } from "node:assert/strict";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import { BrokenSeal } from "../../../src/stores/sqlite/row-cipher.ts";
import { toStoreFailure } from "../../../src/stores/sqlite/sqlite-errors.ts";

function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
}

const shown = (error: unknown) => {
  const { code, message } = toStoreFailure(error, "/d/store.db");
  return `${code} ${message}`;
};

test("sqlite errors - each becomes a failure that says what to do", () => {
  equal(
    shown(sqliteError(13, "database or disk is full")),
    "STORE_DISK_FULL the disk of the data directory is full: nothing was changed",
  );
  equal(
    shown(Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" })),
    "STORE_DISK_FULL the disk of the data directory is full: nothing was changed",
  );
  equal(
    shown(sqliteError(11, "database disk image is malformed")),
    "STORE_CORRUPT database /d/store.db is damaged: database disk image is malformed",
  );
  equal(shown(sqliteError(267, "malformed")), "STORE_CORRUPT database /d/store.db is damaged: malformed");
  equal(
    shown(sqliteError(778, "disk I/O error")),
    "STORE_UNAVAILABLE the store cannot be used: /d/store.db: disk I/O error",
  );
  equal(
    shown(Object.assign(new Error("EACCES: permission denied"), { code: "EACCES", syscall: "open" })),
    "STORE_UNAVAILABLE the store cannot be used: EACCES: permission denied",
  );
  equal(
    shown(new BrokenSeal({ group: "", kind: "Secret", namespace: "n", name: "s" })),
    "STORE_CORRUPT database /d/store.db is damaged: the row of Secret n/s does not open with the key",
  );
});

test("sqlite errors - a failure stays what it is, and a fault of our own is not described to a client", () => {
  const failure = new StoreFailure("STORE_CLOSED");
  equal(toStoreFailure(failure, "f"), failure);
  const fault = new TypeError("cannot read hunter2");
  const hidden = toStoreFailure(fault, "f");
  equal(hidden.message, "the store cannot be used: an unexpected error, which is in the log");
  equal(hidden.cause, fault);
});
