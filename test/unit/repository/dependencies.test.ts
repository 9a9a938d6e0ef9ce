import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { repositoryRoot } from "../../architecture/source-files.ts";
import { readLockFile, readManifest, type LockedPackage } from "./package-files.ts";

interface LedgerEntry {
  readonly name: string;
  readonly text: string;
}

const ledger = readFileSync(`${repositoryRoot}/docs/dependencies.md`, "utf8");
const [atRunTime = "", inDevelopment = ""] = ledger.split("\n## In development\n");
const { dependencies, devDependencies } = readManifest();

function entriesOf(part: string): readonly LedgerEntry[] {
  const [, ...sections] = part.split(/^### /m);
  return sections.map((section) => {
    const end = section.indexOf("\n");
    return { name: section.slice(0, end), text: section.slice(end) };
  });
}

test("dependencies - the ledger lists every dependency once, and no other", () => {
  const names = (part: string): readonly string[] => entriesOf(part).map(({ name }) => name);
  assert.deepEqual(names(atRunTime), Object.keys(dependencies).toSorted());
  assert.deepEqual(names(inDevelopment), Object.keys(devDependencies).toSorted());
});

test("dependencies - each says why, its licence as the package has it, its size and what else we would do", () => {
  const { packages } = readLockFile();
  for (const { name, text } of entriesOf(`${atRunTime}\n${inDevelopment}`)) {
    const licence = packages[`node_modules/${name}`]?.license;
    assert.ok(text.includes(`- Licence: ${licence}. Size: `), `${name}: licence ${licence}`);
    assert.match(text, /Size: \d+ packages?, [\d.]+ MB\.\n- Without it: .+\./s, name);
    assert.match(text, /^\n\n[A-Z`].*\.\n/s, `${name}: why`);
  }
});

test("dependencies - what comes with them may be passed on under our licence", () => {
  const permissive = ["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];
  // As free as the others, but new to whoever reviews licences: only where nothing of them is passed on.
  const inDevelopmentAlone = ["PSF-2.0", "Unlicense"];
  const isAllowed = ({ license = "", dev = false }: LockedPackage) =>
    permissive.includes(license) || (dev && inDevelopmentAlone.includes(license));
  const others = Object.entries(readLockFile().packages)
    .filter(([path, locked]) => path !== "" && !isAllowed(locked))
    .map(([path, { license }]) => `${path}: ${license}`);
  assert.deepEqual(others, []);
});
