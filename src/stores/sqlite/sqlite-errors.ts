import { reasonOf } from "../../core/failures.ts";
import { isOutOfSpace } from "../blob-errors.ts";
import { StoreFailure } from "../store-failure.ts";
import { BrokenSeal } from "./row-cipher.ts";

/** Result codes of SQLite (primary codes: the low eight bits of what it reports). */
export const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** The primary result code of an error of node:sqlite, or undefined where it is another error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** Any error of the database or its files as a StoreFailure; `file` is named where it is damaged. */
export function toStoreFailure(error: unknown, file: string): StoreFailure {
  if (error instanceof StoreFailure) return error;
  if (isDiskFull(error)) return new StoreFailure("STORE_DISK_FULL", [], { cause: error });
  if (isDamaged(error) || error instanceof BrokenSeal) {
    return new StoreFailure("STORE_CORRUPT", [file, reasonOf(error)], { cause: error });
  }
  return new StoreFailure("STORE_UNAVAILABLE", [shownReason(error, file)], { cause: error });
}

/** Whether an error means that the file of the database is not what was written. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** A fault of our own is not described to a client: its text may be about anything. */
function shownReason(error: unknown, file: string): string {
  if (sqliteCode(error) !== undefined) return `${file}: ${reasonOf(error)}`;
  if (error instanceof Error && "syscall" in error) return error.message;
  return "an unexpected error, which is in the log";
}

/** Of the database or of a file. */
export function isDiskFull(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_FULL || isOutOfSpace(error);
}
