import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";
import { readManifests } from "../../../src/cli/manifests/read-manifests.ts";

const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

const read = async (names: readonly string[], recursive = false, input = "") =>
  (await readManifests(names, { stdin: Readable.from([input]), recursive })).map(({ name }) => name);

test("manifests of a folder - YAML and JSON by name; programs beside them are left alone", async () => {
  using directory = new TemporaryDirectory();
  const folder = directory.path;
  writeFileSync(join(folder, "b.yml"), object("b"));
  writeFileSync(join(folder, "a.yaml"), object("a"));
  writeFileSync(
    join(folder, "c.json"),
    JSON.stringify({ apiVersion: "v1", kind: "X", metadata: { name: "c" } }),
  );
  writeFileSync(join(folder, "system.ts"), "export const notAManifest = true;");
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "inner", "d.yaml"), object("d"));
  assert.deepEqual(await read([folder]), ["a", "b", "c"]);
  assert.deepEqual(await read([folder], true), ["a", "b", "c", "d"]);
  assert.deepEqual(await read([join(folder, "b.yml"), "-"], false, object("in")), ["b", "in"]);
});

test("manifests of a folder - one broken file refuses all, and all problems are told", async () => {
  using directory = new TemporaryDirectory();
  const folder = directory.path;
  writeFileSync(join(folder, "a.yaml"), object("a"));
  writeFileSync(join(folder, "b.yaml"), "kind: X\n");
  writeFileSync(join(folder, "c.yaml"), "- 1\n");
  await assert.rejects(read([folder]), (error: Error) => {
    assert.match(
      error.message,
      /nothing was changed\n {2}.*b\.yaml:1: apiVersion is missing\n {2}.*c\.yaml:1: /,
    );
    return true;
  });
});

test("manifests - what is not there, empty or given twice is said", async () => {
  await assert.rejects(read(["/no/such/file.yaml"]), {
    message: 'error: the path "/no/such/file.yaml" does not exist',
  });
  await assert.rejects(read(["-"]), { message: "error: no objects passed" });
  await assert.rejects(read(["-", "-"]), { message: "- may be given once only", exitCode: 2 });
  await assert.rejects(read(["https://example.com/a.yaml"]), { exitCode: 2 });
});
