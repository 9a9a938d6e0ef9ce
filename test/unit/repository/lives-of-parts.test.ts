import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { suite, test } from "node:test";
import { repositoryRoot } from "../../architecture/source-files.ts";

/** Documents that go through whole parts of the program, file by file. */
const LIVES: Readonly<Record<string, readonly string[]>> = {
  "life of a certificate": ["connector", "ingress", "validator"],
  "life of a registration": ["registry", "documents"],
};

for (const [title, parts] of Object.entries(LIVES)) {
  suite(title, () => {
    const text = readFileSync(`${repositoryRoot}/docs/${title.replaceAll(" ", "-")}.md`, "utf8");
    const named = [...text.matchAll(/`([a-z-]+\/[\w/.-]+\.ts)`/g)].map(([, path = ""]) => path);

    test(`${title} - every file of ${parts.join(", ")} stands in it once`, () => {
      const files = parts.flatMap((part) =>
        readdirSync(`${repositoryRoot}/src/${part}`, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => relative(`${repositoryRoot}/src`, join(entry.parentPath, entry.name))),
      );
      const own = named.filter((path) => parts.includes(path.split("/")[0] ?? ""));
      assert.deepEqual(own.toSorted(), files.toSorted());
    });

    test(`${title} - every other file that it names is there`, () => {
      assert.deepEqual(
        named.filter((path) => !existsSync(`${repositoryRoot}/src/${path}`)),
        [],
      );
    });
  });
}
