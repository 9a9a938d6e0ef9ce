import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findingReasons } from "../../../src/snapshot/finding.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";

test("findings - each reason that the gateway finds stands in the reference, and no other", () => {
  const text = readFileSync(`${repositoryRoot}/docs/reference/findings.md`, "utf8");
  const table = text.split("## List of services")[0] ?? "";
  const listed = [...table.matchAll(/^\| `([A-Za-z]+)`/gm)].map(([, reason = ""]) => reason);
  assert.deepEqual(listed.toSorted(), findingReasons.toSorted());
});
