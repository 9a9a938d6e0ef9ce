import { readFile, stat } from "node:fs/promises";
import { Failure } from "../core/failures.ts";
import { fileReason } from "../core/file-reason.ts";
import { writeDurably } from "./durable-file.ts";
import { pkiFailures } from "./failures.ts";

/**
 * Writes a file that its owner alone may read: whole or not at all, also across a power cut. Rejects with
 * PKI_FILE_UNWRITABLE.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  try {
    await writeDurably(path, content);
  } catch (error) {
    const values = [path, fileReason(error)];
    throw new Failure("PKI_FILE_UNWRITABLE", pkiFailures.PKI_FILE_UNWRITABLE, values, { cause: error });
  }
}

/** undefined when there is none; PKI_UNREADABLE for every other reason. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, [path, fileReason(error)], {
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
