/** A program that writes an identity, and kills itself before one of its writes. */
import { readFileSync } from "node:fs";
import { realDisk, type Disk } from "../../src/cli/pairing/disk.ts";
import type { IdentityFiles } from "../../src/cli/pairing/identity-files.ts";
import { replaceIdentity } from "../../src/cli/pairing/replace-identity.ts";

interface Order {
  readonly directory: string;
  readonly files: IdentityFiles;
  /** How many writes it lives to do. */
  readonly writes: number;
}

const { directory, files, writes } = JSON.parse(readFileSync(0, "utf8")) as Order;
let done = 0;

function live(): void {
  if (done++ === writes) process.kill(process.pid, "SIGKILL");
}

const mortal: Disk = {
  makeDirectory: (path) => (live(), realDisk.makeDirectory(path)),
  writeNew: (path, content) => (live(), realDisk.writeNew(path, content)),
  link: (target, path) => (live(), realDisk.link(target, path)),
  rename: (from, to) => (live(), realDisk.rename(from, to)),
  remove: (path) => (live(), realDisk.remove(path)),
  sync: (path) => (live(), realDisk.sync(path)),
  newName: () => realDisk.newName(),
};

await replaceIdentity(directory, files, mortal);
