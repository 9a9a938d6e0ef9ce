import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeDurably } from "../../../src/pki/durable-file.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

test("durable file - what an interrupted write left behind is not in the way, nor is its mode kept", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "key");
  writeFileSync(`${file}.new`, "half", { mode: 0o644 });
  await writeDurably(file, "whole");
  assert.equal(readFileSync(file, "utf8"), "whole");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory.path), ["key"]);
});

test("durable file - a directory that is not there is the error of the system", async () => {
  using directory = new TemporaryDirectory();
  await assert.rejects(writeDurably(join(directory.path, "none", "key"), "x"), { code: "ENOENT" });
});
