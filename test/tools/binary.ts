import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binaries, cachedPath } from "./binaries.ts";

/** A program that a test needs, or why the test is skipped. */
export type FoundBinary =
  { readonly path: string; readonly skip: false } | { readonly path: undefined; readonly skip: string };

/** At its pinned version in the cache, else whatever version is on PATH; undefined when it is absent. */
export function binaryPath(name: string): string | undefined {
  const pinned = binaries.find((binary) => binary.name === name);
  const directories = (process.env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  const candidates = directories.map((directory) => join(directory, name));
  return [...(pinned ? [cachedPath(pinned)] : []), ...candidates].find((file) => existsSync(file));
}

/**
 * Finds a program at its pinned version in the cache, else whatever version is on PATH. Absent: the reason
 * to skip a test with; where `CI` is set nothing may be skipped, so it throws.
 */
export function findBinary(name: string): FoundBinary {
  const path = binaryPath(name);
  if (path !== undefined) return { path, skip: false };
  const reason = `${name} is not here: run node test/tools/provide.ts ${name}`;
  if (process.env["CI"]) throw new Error(reason);
  return { path: undefined, skip: reason };
}
