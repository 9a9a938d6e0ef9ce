import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../architecture/source-files.ts";

const PARTS = ["connector", "ingress", "validator"];

const text = readFileSync(`${repositoryRoot}/docs/life-of-a-certificate.md`, "utf8");
const named = [...text.matchAll(/`([a-z-]+\/[\w/.-]+\.ts)`/g)].map(([, path = ""]) => path);

test("life of a certificate - every file of connector, ingress and validator stands in it once", () => {
  const files = PARTS.flatMap((part) =>
    readdirSync(`${repositoryRoot}/src/${part}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(`${repositoryRoot}/src`, join(entry.parentPath, entry.name))),
  );
  const own = named.filter((path) => PARTS.includes(path.split("/")[0] ?? ""));
  assert.deepEqual(own.toSorted(), files.toSorted());
});

test("life of a certificate - every other file that it names is there", () => {
  assert.deepEqual(
    named.filter((path) => !existsSync(`${repositoryRoot}/src/${path}`)),
    [],
  );
});
