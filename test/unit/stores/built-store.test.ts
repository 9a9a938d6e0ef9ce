import { test } from "node:test";
import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("built store - the compiled package finds its threads and its kinds", () => {
  using directory = new TemporaryDirectory();
  const output = join(directory.path, "dist");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const store = join(root, "src", "stores", "sqlite");
  const options = ["--outDir", output, "--rootDir", join(root, "src"), "--noEmit", "false", "--ignoreConfig"];
  const language = ["--target", "es2024", "--module", "nodenext", "--rewriteRelativeImportExtensions"];
  const libraries = ["--lib", "es2024,esnext.disposable", "--types", "node", "--skipLibCheck"];
  const names = ["open-sqlite-store.ts", "worker.ts", "search-index.ts", "search-worker.ts"];
  const files = [...names, "../../core/resources/kinds.ts"].map((name) => join(store, name));
  execFileSync(process.execPath, [compiler, ...options, ...language, ...libraries, ...files], { cwd: root });
  symlinkSync(join(root, "node_modules"), join(directory.path, "node_modules"));
  writeFileSync(join(directory.path, "package.json"), '{"type":"module"}');
  const script = `
    const base = ${JSON.stringify(pathToFileURL(`${output}/`).href)};
    const { openSqliteStore } = await import(base + "stores/sqlite/open-sqlite-store.js");
    const { systemClock } = await import(base + "core/clock.js");
    const { applicationKind } = await import(base + "core/resources/application.js");
    const directory = ${JSON.stringify(join(directory.path, "data"))};
    const store = await openSqliteStore({ directory, clock: systemClock });
    const applications = store.collection(applicationKind);
    const { metadata } = await applications.create({ metadata: { name: "built" }, spec: {} });
    console.log(metadata.name, (await applications.list()).items.length);
    await store.close();
    const { openSqliteSearchIndex } = await import(base + "stores/sqlite/search-index.js");
    const index = await openSqliteSearchIndex({ directory });
    const document = { application: "a", kind: "docs", title: "built", text: "", version: "1" };
    await index.replace("key", document);
    console.log((await index.search("built")).hits.length);
    await index[Symbol.asyncDispose]();
  `;
  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script]);
  equal(said.toString(), "built 1\n1\n");
});
