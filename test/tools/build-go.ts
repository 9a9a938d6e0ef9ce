import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustRun } from "./must-run.ts";

export interface GoProgram {
  /** Folder beside this file with go.mod, go.sum and tools.go. */
  readonly module: string;
  /** The main package to build. */
  readonly package: string;
  readonly linkerFlags?: string;
}

/** Builds a program from its Go module into the file `path`. */
export function buildGo(program: GoProgram, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // Two builds at once, or one that is stopped, never leave half a binary under the final name.
  const unfinished = `${path}.${process.pid}`;
  const flags = ["-trimpath", "-mod=readonly", "-ldflags", `-s -w ${program.linkerFlags ?? ""}`];
  mustRun("go", ["build", ...flags, "-o", unfinished, program.package], {
    cwd: join(import.meta.dirname, program.module),
    env: { ...process.env, GOFLAGS: "", CGO_ENABLED: "0" },
  });
  renameSync(unfinished, path);
}
