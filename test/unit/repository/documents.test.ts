import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { failureTables } from "../../../scripts/generate/failure-tables.ts";
import { repositoryRoot } from "../../architecture/source-files.ts";
import { anchorsOf, linksOf, readDocuments, withoutCode, type Document } from "./documents.ts";
import { readManifest } from "./package-files.ts";

const documents = readDocuments();

/** What a link of `document` points at and is not there; undefined when all is well. */
function brokenLink({ path, text }: Document, link: string): string | undefined {
  if (/^(https?|mailto):/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : posix.join(posix.dirname(path), decodeURIComponent(file));
  if (!existsSync(`${repositoryRoot}/${target}`)) return `${path}: ${link}: no such file`;
  if (anchor === undefined) return undefined;
  const linked = file === "" ? text : readFileSync(`${repositoryRoot}/${target}`, "utf8");
  return anchorsOf(linked).has(anchor) ? undefined : `${path}: ${link}: no such heading`;
}

function inAll(find: (document: Document) => readonly (string | undefined)[]): readonly string[] {
  return documents.flatMap(find).filter((problem) => problem !== undefined);
}

test("documents - every link leads to a file and a heading that are there", () => {
  assert.ok(documents.length > 5);
  assert.deepEqual(
    inAll((document) => linksOf(document.prose).map((link) => brokenLink(document, link))),
    [],
  );
});

test("documents - a broken link is found", () => {
  const text =
    "# A b, `c`\n[x](missing.md) [y](#nowhere) [z](#a-b-c) `[code](gone.md)`\n\n```\n[in](code.md)\n```\n";
  const document = { path: "docs/principles.md", text, prose: withoutCode(text) };
  const found = linksOf(document.prose).map((link) => brokenLink(document, link));
  assert.deepEqual(
    found.filter((problem) => problem !== undefined),
    ["docs/principles.md: missing.md: no such file", "docs/principles.md: #nowhere: no such heading"],
  );
});

test("documents - every path of the repository that is named exists", () => {
  const named = /^(?:src|test|docs|scripts|bench|examples|bin|\.ci)\/[\w./-]*$/;
  const missing = inAll(({ path, text }) =>
    codeSpans(text)
      .filter((span) => named.test(span) && !existsSync(`${repositoryRoot}/${span}`))
      .map((span) => `${path}: ${span}`),
  );
  assert.deepEqual(missing, []);
});

test("documents - every npm script that is named exists", () => {
  const known = new Set([...Object.keys(readManifest().scripts), "ci", "install", "pack"]);
  const unknown = inAll(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)]
      .map(([, script = ""]) => script)
      .filter((script) => /`|^ {4}/m.test(text) && !known.has(script) && isCommand(text, script))
      .map((script) => `${path}: npm run ${script}`),
  );
  assert.deepEqual(unknown, []);
});

test("documents - every failure code that is named exists", async () => {
  const tables = await failureTables();
  const codes = new Set(tables.flatMap(({ table }) => Object.keys(table)));
  const words = new Set([...codes].map((code) => code.slice(0, code.indexOf("_"))));
  // Names of environment variables that older installations set.
  const variables = new Set(["REGISTRY_COMPAT"]);
  const unknown = inAll(({ path, text }) =>
    // That page is generated and has a test of its own.
    (path === "docs/errors.md" ? [] : codeSpans(text))
      .filter((span) => /^[A-Z]+(_[A-Z0-9]+)+$/.test(span) && words.has(span.slice(0, span.indexOf("_"))))
      .filter((span) => !codes.has(span) && !variables.has(span))
      .map((span) => `${path}: ${span}`),
  );
  assert.deepEqual(unknown, []);
});

test("documents - the principles are at most ten lines", () => {
  const text = readFileSync(`${repositoryRoot}/docs/principles.md`, "utf8");
  const numbered = text.split("\n").filter((line) => /^\d+\. /.test(line));
  assert.ok(numbered.length > 0 && numbered.length <= 10, `${numbered.length} lines`);
});

function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
}

/** `npm run x` in code, not the words "npm registry" in a sentence. */
function isCommand(text: string, script: string): boolean {
  const inSpan = codeSpans(text).some((span) => new RegExp(`\\bnpm (run )?${script}\\b`).test(span));
  const inBlock = new RegExp(`^( {4}|\\$ )?.*\\bnpm run ${script}\\b`, "m").test(text);
  return inSpan || inBlock;
}
