import { statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isStoreFailure } from "../../src/stores/store-failure.ts";

/** The file whose removal makes room again. */
export function ballastOn(root: string): string {
  return join(root, "ballast");
}

/** Fills a small file system but for `leaving` bytes. */
export function fillDisk(root: string, leaving: number): void {
  const { bavail, bsize } = statfsSync(root);
  writeFileSync(ballastOn(root), Buffer.alloc(Math.max(0, bavail * bsize - leaving)));
}

/** `done`, or the code of the refusal. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "done";
  } catch (error) {
    return isStoreFailure(error) ? error.code : String(error);
  }
}
