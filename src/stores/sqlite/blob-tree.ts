import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, opendir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, unlessMissing } from "../blob-errors.ts";
import { prepareDirectory } from "./database.ts";

const HASH = /^[0-9a-f]{64}$/;
const LEVEL = /^[0-9a-f]{2}$/;

/**
 * The places of blobs below a data directory: `blobs/ab/cd/<hash>` for a hash that begins with abcd, and
 * `blobs/incoming` for what has no hash yet. It is on the same file system, because a rename is to move it.
 */
export class BlobTree {
  readonly #root: string;
  readonly #incoming: string;
  /** Directories whose names are known to survive a power cut. */
  readonly #durable = new Set<string>();

  private constructor(root: string) {
    this.#root = root;
    this.#incoming = join(root, "incoming");
  }

  /** Makes what is missing, and removes what a killed process was receiving. */
  static async open(directory: string): Promise<BlobTree> {
    prepareDirectory(directory);
    const tree = new BlobTree(join(directory, "blobs"));
    await tree.#makeDurably(tree.#root, directory);
    await rm(tree.#incoming, { recursive: true, force: true });
    await makeDirectory(tree.#incoming);
    // A restored backup may have left it open to others; what is below is as closed as this is.
    await chmod(tree.#root, 0o700);
    return tree;
  }

  /** Where content of that hash is; undefined for a text that is no hash, which thus never becomes a path. */
  pathOf(hash: string): string | undefined {
    return HASH.test(hash) ? join(this.#root, hash.slice(0, 2), hash.slice(2, 4), hash) : undefined;
  }

  newIncoming(): string {
    return join(this.#incoming, randomUUID());
  }

  /** The path of a hash, in a directory that is still there after a power cut. */
  async prepare(hash: string): Promise<string> {
    const first = join(this.#root, hash.slice(0, 2));
    const second = join(first, hash.slice(2, 4));
    await this.#makeDurably(first, this.#root);
    await this.#makeDurably(second, first);
    return join(second, hash);
  }

  /** All that is kept, one directory after the other. */
  async *blobs(): AsyncGenerator<{ readonly hash: string; readonly path: string }> {
    for await (const first of names(this.#root, LEVEL)) {
      for await (const second of names(join(this.#root, first), LEVEL)) {
        const directory = join(this.#root, first, second);
        for await (const hash of names(directory, HASH)) {
          // Anything else was put there by somebody, and would not be found under its hash.
          if (hash.startsWith(first + second)) yield { hash, path: join(directory, hash) };
        }
      }
    }
  }

  // Also where it is there already: who made it may have been killed before its name was on the disk.
  async #makeDurably(directory: string, parent: string): Promise<void> {
    const isNew = await makeDirectory(directory);
    if (!isNew && this.#durable.has(directory)) return;
    await syncDirectory(parent);
    this.#durable.add(directory);
  }
}

/** Whether it had to be made. */
async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Names in a directory, a few at a time; none where there is no such directory. */
async function* names(directory: string, pattern: RegExp): AsyncGenerator<string> {
  const opened = await unlessMissing(opendir(directory));
  if (!opened) return;
  for await (const { name } of opened) if (pattern.test(name)) yield name;
}

/** fsync of a file does not cover its name in the directory. */
export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
