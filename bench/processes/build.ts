import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the package as `npm run build` does and returns the program's path; throws where that fails. */
export function build(): string {
  const compiler = join(ROOT, "node_modules", ".bin", "tsc");
  const { status, stdout } = spawnSync(compiler, ["-p", "tsconfig.build.json"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the build failed; --source measures the sources\n${stdout}`);
  return join(ROOT, "dist", "main.js");
}

/** The program as a checkout runs it. */
export function sourceProgram(): string {
  return join(ROOT, "src", "main.ts");
}
