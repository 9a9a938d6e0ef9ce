import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure, reasonOf } from "../core/failures.ts";
import { pkiFailures } from "./failures.ts";

/**
 * Writes a file that its owner alone may read: whole or not at all, also across a power cut. Rejects with
 * PKI_FILE_UNWRITABLE.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await replaceFile(path, temporary, content);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const values = [path, reasonOf(error)];
    throw new Failure("PKI_FILE_UNWRITABLE", pkiFailures.PKI_FILE_UNWRITABLE, values, { cause: error });
  }
}

async function replaceFile(path: string, temporary: string, content: string): Promise<void> {
  await rm(temporary, { force: true });
  await using file = await open(temporary, "wx", 0o600);
  await file.writeFile(content);
  await file.sync();
  await rename(temporary, path);
  // fsync of a file does not cover its name in the directory.
  await using directory = await open(dirname(path), "r");
  await directory.sync();
}

/** undefined when there is none; PKI_UNREADABLE for every other reason. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, [path, reasonOf(error)], {
      cause: error,
    });
  }
}

/** Refuses a secret that other users of the machine can read (PKI_FILE_EXPOSED). */
export async function readPrivateFileIfThere(path: string): Promise<string | undefined> {
  const content = await readFileIfThere(path);
  if (content === undefined) return undefined;
  const mode = (await stat(path)).mode & 0o777;
  // Windows has no such bits and reports every file as 666.
  if (process.platform === "win32" || (mode & 0o077) === 0) return content;
  throw new Failure("PKI_FILE_EXPOSED", pkiFailures.PKI_FILE_EXPOSED, [
    path,
    mode.toString(8).padStart(3, "0"),
  ]);
}
