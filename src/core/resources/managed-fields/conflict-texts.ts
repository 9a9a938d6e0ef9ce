import type { Cause } from "../kind.ts";
import type { Conflict } from "./apply-fields.ts";
import type { ManagedFieldsEntry } from "./entry.ts";
import { fieldPaths } from "./fields.ts";

/** What an apply is refused with, in the words of an API server (admin-api spec §9). Fields are named, not shown. */
export interface ConflictTexts {
  readonly message: string;
  readonly causes: readonly Cause[];
}

export function conflictTexts(conflicts: readonly Conflict[]): ConflictTexts {
  const blocks = conflicts
    .map(({ entry, fields }) => ({
      key: sortKey(entry),
      name: shownManager(entry),
      paths: fieldPaths(fields),
    }))
    .toSorted((left, right) => (left.key < right.key ? -1 : 1));
  const causes = blocks.flatMap(({ name, paths }) =>
    paths.map((field): Cause => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${name}`,
      field,
    })),
  );
  const [first] = causes;
  if (causes.length === 1 && first) {
    return { message: `Apply failed with 1 conflict: ${first.message}: ${first.field}`, causes };
  }
  const lines = blocks.flatMap(({ name, paths }) => [
    `conflicts with ${name}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return { message: `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`, causes };
}

function shownManager({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const part = subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  const using = operation === "Update" ? ` using ${apiVersion}` : "";
  return `${JSON.stringify(manager)}${part}${using}`;
}

function sortKey({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  return JSON.stringify({ manager, operation, apiVersion, subresource });
}
