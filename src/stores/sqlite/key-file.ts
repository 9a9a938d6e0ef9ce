import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { writeDurably } from "../../pki/durable-file.ts";
import { StoreFailure } from "../store-failure.ts";

const KEY_BYTES = 32;

/** Makes the key of a new database; it is on disk before anything is sealed with it. */
export async function createKeyFile(path: string): Promise<void> {
  await writeDurably(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
}

/** STORE_KEY_EXPOSED when others may read it, STORE_KEY_WRONG when it holds no key. */
export function readKeyFile(path: string, database: string): Buffer {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) {
    throw new StoreFailure("STORE_KEY_EXPOSED", [path, (mode & 0o777).toString(8).padStart(4, "0")]);
  }
  const text = readFileSync(path, "utf8").trim();
  const key = Buffer.from(text, "base64");
  // Buffer.from skips what is no base64, so the text is compared with what it was read as.
  if (key.length !== KEY_BYTES || key.toString("base64") !== text) {
    throw new StoreFailure("STORE_KEY_WRONG", [path, database, "it does not hold 32 bytes in base64"]);
  }
  return key;
}
