import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file readable by its owner alone, whole or not at all, also across a power cut. Rejects with the
 * error of the system, having left what stood there before.
 */
export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await replaceFile(path, temporary, content);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function replaceFile(path: string, temporary: string, content: string): Promise<void> {
  // One that a power cut left may be anybody's, and a new one must get its mode from here.
  await rm(temporary, { force: true });
  await using file = await open(temporary, "wx", 0o600);
  await file.writeFile(content);
  await file.sync();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Makes the names in a directory survive a power cut: fsync of a file does not cover its entry. */
async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
