import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import type { Readable } from "node:stream";
import { reasonOf } from "../../core/failures.ts";
import { CommandError, usageError } from "../command-error.ts";
import { readAll } from "../terminal.ts";
import type { Manifest } from "./manifest.ts";
import { parseManifests } from "./parse-manifests.ts";

const EXTENSIONS = [".yaml", ".yml", ".json"];

export interface Reading {
  /** Read where a name is `-`. */
  readonly stdin: Readable;
  /** Whether folders within a folder are read too. */
  readonly recursive: boolean;
}

/**
 * The objects of all named files, folders and standard input, in that order; in a folder, of its YAML and
 * JSON files by name. One problem anywhere refuses them all, so that nothing is done by halves.
 */
export async function readManifests(
  names: readonly string[],
  { stdin, recursive }: Reading,
): Promise<readonly Manifest[]> {
  if (names.filter((name) => name === "-").length > 1) throw usageError("- may be given once only");
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const texts = name === "-" ? [{ source: "STDIN", text: await readAll(stdin) }] : read(name, recursive);
    for (const { source, text } of texts) {
      const parsed = parseManifests(text, source);
      manifests.push(...parsed.manifests);
      problems.push(...parsed.problems);
    }
  }
  if (problems.length > 0) throw new CommandError(["error: nothing was changed", ...problems].join("\n  "));
  if (manifests.length === 0) throw new CommandError("error: no objects passed");
  return manifests;
}

interface Text {
  readonly source: string;
  readonly text: string;
}

function read(name: string, recursive: boolean): readonly Text[] {
  if (/^https?:\/\//.test(name)) {
    throw usageError(`${name}: fetch it yourself and pipe it in: curl … | appconn apply -f -`);
  }
  try {
    const paths = statSync(name).isDirectory() ? filesIn(name, recursive) : [name];
    return paths.map((path) => ({ source: path, text: readFileSync(path, "utf8") }));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new CommandError(
      missing ? `error: the path "${name}" does not exist` : `error: ${name}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

function filesIn(folder: string, recursive: boolean): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    // A linked file is read like any other; a linked folder is not entered, for it may lead back here.
    if (entry.isDirectory()) return recursive ? filesIn(path, recursive) : [];
    return EXTENSIONS.includes(extname(entry.name)) ? [path] : [];
  });
}
