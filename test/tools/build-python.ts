import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustRun } from "./must-run.ts";

export interface PythonProgram {
  /** File beside this one: every package with its version and hashes. */
  readonly requirements: string;
  /** What `python -m` runs. */
  readonly module: string;
}

/** Installs a program into an environment of its own in the folder of `path`, which becomes its launcher. */
export function buildPython({ requirements, module }: PythonProgram, path: string): void {
  const folder = dirname(path);
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mustRun("python3", ["-m", "venv", join(unfinished, "venv")]);
    const file = join(import.meta.dirname, requirements);
    // Nothing but what the hashes name, and nothing that would have to be built.
    const flags = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary=:all:"];
    mustRun(join(unfinished, "venv/bin/python"), ["-m", "pip", "install", ...flags, "-r", file]);
    writeFileSync(join(unfinished, path.slice(folder.length)), launcher(module), { mode: 0o755 });
    // A build at the same time may have been faster; one that was stopped left no folder of this name.
    if (!existsSync(path)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The scripts that pip writes name the folder in which they were installed; the interpreter can be moved. */
function launcher(module: string): string {
  return `#!/bin/sh\nexec "\${0%/*}/venv/bin/python" -m ${module} "$@"\n`;
}
