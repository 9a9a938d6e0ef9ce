import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { binaries, cachedPath, type Binary } from "./binaries.ts";

/**
 * Builds the real programs that tests run against, from their Go modules, into the cache outside the tree:
 * `node test/tools/provide.ts [name …]`, all of them without a name. What is there already is left alone.
 * Needs Go and a module proxy; takes some minutes the first time.
 */
function provide(names: readonly string[]): void {
  const unknown = names.filter((name) => !binaries.some((binary) => binary.name === name));
  if (unknown.length > 0) throw new Error(`no such tool: ${unknown.join(", ")}`);
  for (const binary of binaries) {
    if (names.length === 0 || names.includes(binary.name)) build(binary);
  }
}

function build(binary: Binary): void {
  const path = cachedPath(binary);
  if (existsSync(path)) return say(`${binary.name} ${binary.version}: ${path}`);
  say(`${binary.name} ${binary.version}: building`);
  mkdirSync(dirname(path), { recursive: true });
  // Two builds at once, or one that is stopped, never leave half a binary under the final name.
  const unfinished = `${path}.${process.pid}`;
  const flags = ["-trimpath", "-mod=readonly", "-ldflags", `-s -w ${binary.linkerFlags ?? ""}`];
  const { status, error } = spawnSync("go", ["build", ...flags, "-o", unfinished, binary.package], {
    cwd: join(import.meta.dirname, binary.module),
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, GOFLAGS: "", CGO_ENABLED: "0" },
  });
  if (error) throw new Error("cannot run go: is Go installed?", { cause: error });
  if (status !== 0) throw new Error(`building ${binary.name} failed`);
  renameSync(unfinished, path);
  say(`${binary.name} ${binary.version}: ${path}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

provide(process.argv.slice(2));
