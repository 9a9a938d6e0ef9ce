import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, symlink } from "node:fs/promises";

/** The writes that an identity is made of, so that tests can stop between any two of them. */
export interface Disk {
  /** For its owner alone. */
  makeDirectory(path: string): Promise<void>;
  /** A new file, for its owner alone, that a power cut does not take. */
  writeNew(path: string, content: string): Promise<void>;
  link(target: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  sync(directory: string): Promise<void>;
  /** Part of a name that was not used before. */
  newName(): string;
}

export const realDisk: Disk = {
  async makeDirectory(path) {
    await mkdir(path, { mode: 0o700 });
  },
  async writeNew(path, content) {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(content);
    await file.sync();
  },
  async link(target, path) {
    await symlink(target, path);
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true }),
  async sync(directory) {
    await using opened = await open(directory, "r");
    await opened.sync();
  },
  newName: () => randomBytes(6).toString("hex"),
};
