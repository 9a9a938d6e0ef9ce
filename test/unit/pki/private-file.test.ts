import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { writePrivateFile } from "../../../src/pki/private-file.ts";

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "appconn-private-file-"));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("private file - it is written whole, readable by its owner alone, and replaces what was there", async (context) => {
  const file = join(temporaryDirectory(context), "token");
  await writePrivateFile(file, "first");
  await writePrivateFile(file, "second");
  assert.equal(readFileSync(file, "utf8"), "second");
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("private file - what cannot be written is named, and nothing half-written stays", async (context) => {
  const directory = temporaryDirectory(context);
  const taken = join(directory, "token");
  mkdirSync(join(taken, "in-the-way"), { recursive: true });
  await assert.rejects(writePrivateFile(taken, "content"), {
    code: "PKI_FILE_UNWRITABLE",
    message: new RegExp(`^the file ${taken} cannot be written: .*E`),
  });
  assert.deepEqual(readdirSync(directory), ["token"]);
});
