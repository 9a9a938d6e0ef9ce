import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileReason } from "../../../src/core/file-reason.ts";

function failureOf(path: string): unknown {
  try {
    return readFileSync(path);
  } catch (error) {
    return error;
  }
}

test("file reason - what a person did wrong is said in words, with the code to search for", () => {
  assert.equal(
    fileReason(failureOf(join(tmpdir(), "no-such-file-of-appconn"))),
    "there is no such file or directory (ENOENT)",
  );
  assert.equal(fileReason(failureOf(tmpdir())), "it is a directory, not a file (EISDIR)");
  assert.match(fileReason(failureOf(join(process.execPath, "x"))), /^it, or a part .* \(ENOTDIR\)$/);
});

test("file reason - what nobody foresaw stays in the words of the system", () => {
  const error = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
  assert.equal(fileReason(error), "EIO: i/o error, read");
  assert.equal(fileReason("thrown text"), "thrown text");
});
