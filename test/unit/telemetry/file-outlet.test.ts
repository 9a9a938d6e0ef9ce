import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FileOutlet } from "../../../src/telemetry/file-outlet.ts";

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "appconn-outlet-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function write(outlet: FileOutlet, text: string): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  outlet.write(Buffer.from(text), (error) => resolve(error));
  return promise;
}

test("log file - what is there stays, and only the owner may read a new one", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "audit.log");
    const first = new FileOutlet(path);
    assert.equal(await write(first, "one\n"), undefined);
    first.close();
    const second = new FileOutlet(path);
    assert.equal(await write(second, "two\n"), undefined);
    second.close();
    assert.equal(await readFile(path, "utf8"), "one\ntwo\n");
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  }));

test("log file - the mode that an operator gave an existing file stays", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "access.log");
    await writeFile(path, "");
    await chmod(path, 0o640);
    const outlet = new FileOutlet(path);
    outlet.close();
    assert.equal((await stat(path)).mode & 0o777, 0o640);
  }));

test("log file - a grown file is renamed between two lines, and the oldest goes", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "audit.log");
    const outlet = new FileOutlet(path, 10);
    const texts = Array.from({ length: 8 }, (_, index) => `line number ${index}\n`);
    for (const text of texts) assert.equal(await write(outlet, text), undefined);
    outlet.close();
    const names = (await readdir(directory)).toSorted();
    assert.deepEqual(names, ["audit.log", ...[1, 2, 3, 4, 5].map((number) => `audit.log.${number}`)]);
    const contents = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
    assert.deepEqual(
      contents,
      [7, 6, 5, 4, 3, 2].map((index) => texts[index]),
    );
  }));

test("log file - a line that came in two pieces is not torn by renaming", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "audit.log");
    const outlet = new FileOutlet(path, 4);
    for (const piece of ["half a ", "line\n", "next\n"]) await write(outlet, piece);
    outlet.close();
    assert.equal(await readFile(`${path}.1`, "utf8"), "half a line\n");
    assert.equal(await readFile(path, "utf8"), "next\n");
  }));

test("log file - after logrotate has moved it, reopening begins a new one", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "access.log");
    const outlet = new FileOutlet(path);
    await write(outlet, "old\n");
    await rename(path, `${path}.moved`);
    await write(outlet, "still old\n");
    outlet.reopen();
    await write(outlet, "new\n");
    outlet.close();
    assert.equal(await readFile(`${path}.moved`, "utf8"), "old\nstill old\n");
    assert.equal(await readFile(path, "utf8"), "new\n");
  }));

test("log file - a full disk is an error of the write, not an exception", async () => {
  const outlet = new FileOutlet("/dev/full");
  const error = await write(outlet, "line\n");
  outlet.writeNow(Buffer.from("line\n"));
  outlet.close();
  assert.match(String(error), /ENOSPC/);
});

test("log file - a folder that does not exist is an exception at once", () => {
  assert.throws(() => new FileOutlet("/nonexistent-folder/audit.log"), { code: "ENOENT" });
});
