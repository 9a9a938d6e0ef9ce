import { binaryPath, type FoundBinary } from "./binary.ts";

/** Finds a program that a package of Debian brings. Absent: the reason to skip a test with; where `CI` is set, it throws. */
export function systemProgram(name: string, debianPackage: string): FoundBinary {
  const path = binaryPath(name);
  if (path !== undefined) return { path, skip: false };
  const reason = `${name} is not here: install the package ${debianPackage} of Debian`;
  if (process.env["CI"]) throw new Error(reason);
  return { path: undefined, skip: reason };
}
