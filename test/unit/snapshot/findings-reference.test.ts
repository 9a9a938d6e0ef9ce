import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { noticeReasons } from "../../../src/telemetry/notice-reasons.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";

test("findings - each reason that the gateway finds stands in the reference, and no other", () => {
  const text = readFileSync(`${repositoryRoot}/docs/reference/findings.md`, "utf8");
  const table = text.split("## List of services")[0] ?? "";
  const listed = [...table.matchAll(/^\| `([A-Za-z]+)`/gm)].map(([, reason = ""]) => reason);
  const declared = Object.entries(noticeReasons)
    .filter(([reason, { component }]) => component === "gateway" && reason !== "FindingsResolved")
    .map(([reason]) => reason);
  assert.deepEqual(listed.toSorted(), declared.toSorted());
});
