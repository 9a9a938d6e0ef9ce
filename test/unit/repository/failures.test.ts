import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errorReference } from "../../../scripts/generate/errors.ts";
import { failureTables, repeatedCodes } from "../../../scripts/generate/failure-tables.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";

const tables = await failureTables();
const rows = tables.flatMap(({ part, table }) =>
  Object.entries(table).map(([code, row]) => ({ part, code, row })),
);

test("failures - no code stands in two tables", () => {
  assert.ok(rows.length > 0);
  assert.deepEqual(repeatedCodes(tables), []);
});

test("failures - a code that stands twice is found", () => {
  const row = { status: 500, actor: "operator", text: "broken", remedy: "Repair it." } as const;
  const twice = [
    { part: "one", table: { A_BROKEN: row, B_BROKEN: row } },
    { part: "two", table: { B_BROKEN: row } },
  ];
  assert.deepEqual(repeatedCodes(twice), ["B_BROKEN"]);
});

test("failures - the codes of a part begin with one word that no other part uses", () => {
  const partsOfWord = new Map<string, Set<string>>();
  for (const { part, code } of rows) {
    assert.match(code, /^[A-Z]+(_[A-Z0-9]+)+$/);
    const word = code.slice(0, code.indexOf("_"));
    partsOfWord.set(word, (partsOfWord.get(word) ?? new Set()).add(part));
  }
  const shared = [...partsOfWord].filter(([, parts]) => parts.size > 1).map(([word]) => word);
  assert.deepEqual(shared, []);
});

test("failures - every row has a status of an error, a text and a remedy in sentences", () => {
  for (const { code, row } of rows) {
    assert.ok(row.status >= 400 && row.status <= 599, `${code}: status ${row.status}`);
    assert.ok(row.text.trim().length > 0, `${code}: no text`);
    assert.doesNotMatch(row.text, /%[^s]/, `${code}: only %s is filled in`);
    assert.match(row.remedy, /^[A-Z/].*\.$/s, `${code}: the remedy is no sentence`);
  }
});

test("failures - docs/errors.md is what the tables say now", async () => {
  const { path, text } = await errorReference();
  const committed = readFileSync(`${repositoryRoot}/${path}`, "utf8");
  const added = text.split("\n").filter((line) => !committed.includes(line));
  assert.deepEqual(added, [], "run: npm run generate");
  assert.ok(committed === text, "rows have gone or moved; run: npm run generate");
});
