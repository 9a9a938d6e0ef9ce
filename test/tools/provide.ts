import { existsSync } from "node:fs";
import { binaries, cachedPath, type Binary } from "./binaries.ts";
import { buildGo } from "./build-go.ts";
import { buildPython } from "./build-python.ts";

/**
 * Builds the real programs that tests run against into the cache outside the tree:
 * `node test/tools/provide.ts [name …]`, all of them without a name. What is there already is left alone.
 * Needs Go and a module proxy, or Python and its package index; takes some minutes the first time.
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
  if (!existsSync(path)) {
    say(`${binary.name} ${binary.version}: building`);
    if ("requirements" in binary) buildPython(binary, path);
    else buildGo(binary, path);
  }
  say(`${binary.name} ${binary.version}: ${path}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

provide(process.argv.slice(2));
