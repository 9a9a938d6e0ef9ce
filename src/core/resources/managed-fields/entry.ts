import { isPlainObject, type PlainObject } from "../../plain-object.ts";
import type { Fields } from "./fields.ts";
import { readFields } from "./read-fields.ts";

/** Who wrote which fields: one item of `metadata.managedFields` (admin-api spec §9). */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** RFC 3339, whole seconds, UTC. */
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: Fields;
  readonly subresource?: string;
}

export type ManagedFields = readonly ManagedFieldsEntry[];

/**
 * The entries in a body. Undefined where the stored ones are to be kept: there are none, or one cannot be read.
 * A single empty entry, or null for one, takes all away.
 */
export function readManagedFields(sent: unknown): ManagedFields | undefined {
  if (!Array.isArray(sent) || sent.length === 0) return undefined;
  const [first] = sent as readonly unknown[];
  if (sent.length === 1 && Object.keys(first ?? {}).length === 0) return [];
  const entries: ManagedFieldsEntry[] = [];
  for (const item of sent) {
    const read = readEntry(item);
    if (read === "unreadable") return undefined;
    if (read !== "empty") entries.push(read);
  }
  // Of two that are of the same writer, the last one counts.
  const isLast = (entry: ManagedFieldsEntry) =>
    entries.findLast((other) => isSameWriter(other, entry)) === entry;
  return inOrder(entries.filter(isLast));
}

function readEntry(sent: unknown): ManagedFieldsEntry | "unreadable" | "empty" {
  if (!isPlainObject(sent)) return "unreadable";
  const { operation, fieldsType } = sent;
  const [manager, apiVersion] = [textIn(sent, "manager"), textIn(sent, "apiVersion")];
  const [subresource, time] = [textIn(sent, "subresource"), wholeSeconds(textIn(sent, "time"))];
  const read = readFields(sent["fieldsV1"]);
  if (operation !== "Apply" && operation !== "Update") return "unreadable";
  if (!apiVersion || manager === undefined || subresource === undefined || time === undefined)
    return "unreadable";
  if (fieldsType !== "FieldsV1" || read.kind === "unreadable") return "unreadable";
  if (!read.fields) return "empty";
  return {
    manager,
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: "FieldsV1",
    fieldsV1: read.fields,
    ...(subresource ? { subresource } : {}),
  };
}

/** Empty where there is none; undefined where it is none. */
function textIn(sent: PlainObject, key: string): string | undefined {
  const value = sent[key] ?? "";
  return typeof value === "string" ? value : undefined;
}

// Clients send back `…:38.000Z` what they read as `…:38Z`.
function wholeSeconds(time: string | undefined): string | undefined {
  if (!time) return time;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds)
    ? undefined
    : new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What tells entries apart; an Apply entry is one whatever the version that was applied. */
export function isSameWriter(
  entry: ManagedFieldsEntry,
  other: Pick<ManagedFieldsEntry, "manager" | "operation" | "apiVersion"> & {
    readonly subresource?: string | undefined;
  },
): boolean {
  return (
    entry.manager === other.manager &&
    entry.operation === other.operation &&
    entry.subresource === other.subresource &&
    (entry.operation === "Apply" || entry.apiVersion === other.apiVersion)
  );
}

export function inOrder(entries: ManagedFields): ManagedFields {
  return entries.toSorted((left, right) => {
    for (const key of ["operation", "time", "manager", "apiVersion", "subresource"] as const) {
      const [a, b] = [left[key] ?? "", right[key] ?? ""];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  });
}
