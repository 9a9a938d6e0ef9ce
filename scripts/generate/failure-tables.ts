import { globSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FailureDefinition, FailureTable } from "../../src/core/failures.ts";

export interface PartFailures {
  /** The folder of `src` that declares them. */
  readonly part: string;
  readonly table: FailureTable;
}

const sources = fileURLToPath(new URL("../../src", import.meta.url));

/** All failure tables of the product, by part. A part may declare several; a code may stand only once. */
export async function failureTables(): Promise<readonly PartFailures[]> {
  const files = globSync("**/failures.ts", { cwd: sources })
    // The table's own type is declared in core, in a file of the same name.
    .filter((file) => file !== "core/failures.ts")
    .toSorted();
  const found: PartFailures[] = [];
  for (const file of files) {
    const exported = (await import(pathToFileURL(`${sources}/${file}`).href)) as Record<string, unknown>;
    const part = file.slice(0, -"/failures.ts".length);
    for (const table of Object.values(exported).filter(isFailureTable)) found.push({ part, table });
  }
  return found;
}

/** Codes that more than one row has. */
export function repeatedCodes(tables: readonly PartFailures[]): readonly string[] {
  const codes = tables.flatMap(({ table }) => Object.keys(table));
  return [...new Set(codes.filter((code, index) => codes.indexOf(code) !== index))];
}

function isFailureTable(value: unknown): value is FailureTable {
  return typeof value === "object" && value !== null && Object.values(value).every(isDefinition);
}

function isDefinition(value: unknown): value is FailureDefinition {
  return typeof value === "object" && value !== null && "actor" in value && "remedy" in value;
}
