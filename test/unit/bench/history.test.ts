import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  checkHistory,
  historyFile,
  historyHeader,
  historyRows,
  keepHistory,
} from "../../../bench/history.ts";
import { provenance } from "../../../bench/provenance.ts";

const origin = { date: "2026-01-02T03:04:05Z", commit: "0123abc", node: "v26.1.0", cpu: "Example 9000" };

test("history - the file in the repository has the columns that a run writes", () => {
  checkHistory(historyFile);
  const [, ...rows] = readFileSync(historyFile, "utf8").trimEnd().split("\n");
  const columns = historyHeader.split(",").length;
  assert.deepEqual(
    rows.filter((row) => row.split(",").length !== columns),
    [],
  );
});

test("history - a row tells when, what, where and which case, and leaves empty what was not measured", () => {
  const [row = ""] = historyRows(origin, [
    { contender: "gateway", case: "basic", concurrency: 64, figures: { rps: 12_345.6, ratio_nginx: 0.5123 } },
  ]);
  const cells = Object.fromEntries(
    historyHeader.split(",").map((name, index) => [name, row.split(",")[index]]),
  );
  const { date, commit, node, cpu, contender, case: name, concurrency, rps, ratio_nginx, seconds } = cells;
  assert.deepEqual({ date, commit, node, cpu }, origin);
  assert.deepEqual(
    { contender, name, concurrency, rps, ratio_nginx, seconds },
    {
      contender: "gateway",
      name: "basic",
      concurrency: "64",
      rps: "12346",
      ratio_nginx: "0.512",
      seconds: "",
    },
  );
});

test("history - a figure without a column is refused", () => {
  const line = { contender: "gateway", case: "basic", figures: { unknown: 1 } };
  assert.throws(() => historyRows(origin, [line]), /no column unknown/);
});

test("history - rows go below those that are there, and a file of another format is refused before the run", (context) => {
  const directory = mkdtempSync(join(tmpdir(), "bench-history-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "history.csv");
  writeFileSync(file, `${historyHeader}\nearlier\n`);
  checkHistory(file);
  keepHistory(file, ["one", "two"]);
  assert.equal(readFileSync(file, "utf8"), `${historyHeader}\nearlier\none\ntwo\n`);
  writeFileSync(file, "date,commit\n");
  assert.throws(() => checkHistory(file), /header/);
});

test("history - the origin of a run fits into cells", () => {
  const { date, commit, node, cpu } = provenance(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)));
  assert.equal(date, "2026-01-02T03:04:05Z");
  assert.equal(node, process.version);
  assert.doesNotMatch(`${commit}${cpu}`, /[,"\n]/);
});
