import { fileReason } from "../core/file-reason.ts";
import { StoreFailure } from "./store-failure.ts";

/** Work of the file system, whose errors become BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE; others stay. */
export async function onDisk<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw toBlobFailure(error);
  }
}

/** An error of the system as a failure; any other as it is. */
export function toBlobFailure(error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  if (isOutOfSpace(error)) return new StoreFailure("BLOB_STORE_FULL", [], { cause: error });
  return new StoreFailure("BLOB_STORE_UNAVAILABLE", [fileReason(error)], { cause: error });
}

/** What `work` gives, or undefined where a file or directory that it needs is not there, or is none. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Whether a file could not be written because its file system has no room left. */
export function isOutOfSpace(error: unknown): boolean {
  return hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT");
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
