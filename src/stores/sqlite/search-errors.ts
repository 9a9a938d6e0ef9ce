import { reasonOf } from "../../core/failures.ts";
import { fileReason } from "../../core/file-reason.ts";
import { StoreFailure } from "../store-failure.ts";
import { isDiskFull, sqliteCode } from "./sqlite-errors.ts";

/** Any error of the index as a StoreFailure. */
export function toSearchFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  return new StoreFailure("SEARCH_INDEX_UNAVAILABLE", [shownReason(error)], { cause: error });
}

/** A fault of our own is not described to a client: its text may be about anything. */
function shownReason(error: unknown): string {
  if (isDiskFull(error)) return "the disk of the data directory is full";
  if (sqliteCode(error) !== undefined) return `search.db: ${reasonOf(error)}`;
  if (error instanceof Error && "syscall" in error) return `search.db: ${fileReason(error)}`;
  return "an unexpected error, which is in the log";
}
