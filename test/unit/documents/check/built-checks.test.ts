import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

test("built checks - the compiled package finds the thread of its checks and the schemas", () => {
  using directory = new TemporaryDirectory();
  const output = join(directory.path, "dist");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const options = ["--outDir", output, "--rootDir", join(root, "src"), "--noEmit", "false", "--ignoreConfig"];
  const language = ["--target", "es2024", "--module", "nodenext", "--rewriteRelativeImportExtensions"];
  const libraries = ["--lib", "es2024,esnext.disposable", "--types", "node", "--skipLibCheck"];
  const names = ["document-checks.ts", "check-worker.ts"];
  const files = names.map((name) => join(root, "src", "documents", "check", name));
  execFileSync(process.execPath, [compiler, ...options, ...language, ...libraries, ...files], { cwd: root });
  symlinkSync(join(root, "node_modules"), join(directory.path, "node_modules"));
  writeFileSync(join(directory.path, "package.json"), '{"type":"module"}');
  const script = `
    const base = ${JSON.stringify(pathToFileURL(`${output}/`).href)};
    const { DocumentChecks } = await import(base + "documents/check/document-checks.js");
    const { systemClock } = await import(base + "core/clock.js");
    const checks = new DocumentChecks({ clock: systemClock });
    for (const version of ["2.6.0", "3.0.0"]) {
      const content = Buffer.from(JSON.stringify({ asyncapi: version, info: { title: "a", version: "1" }, channels: {} }));
      const { format, outcome } = await checks.check({ type: "asyncapi", fileName: "a.json", content });
      console.log(format, outcome.phase);
    }
  `;
  // The checks are not closed: their thread must not keep the process alive.
  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script]);
  equal(said.toString(), "asyncapi Ready\nasyncapi Ready\n");
});
