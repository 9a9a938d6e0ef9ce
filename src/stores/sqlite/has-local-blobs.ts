import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { onDisk, unlessMissing } from "../blob-errors.ts";

/** Whether a data directory has a home of blobs that may hold some; opening one would make it. */
export async function hasLocalBlobs(directory: string): Promise<boolean> {
  if (existsSync(join(directory, "blobs.db"))) return true;
  // `incoming` is there wherever blobs end up.
  const names = await onDisk(unlessMissing(readdir(join(directory, "blobs"))));
  return names?.some((name) => /^[0-9a-f]{2}$/.test(name)) ?? false;
}
