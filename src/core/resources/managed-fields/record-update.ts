import type { FieldChanges } from "./compare-fields.ts";
import { inOrder, isSameWriter, type ManagedFields, type ManagedFieldsEntry } from "./entry.ts";
import { subtract, subtractBranches, unite, type FieldSet } from "./fields.ts";

/** Who writes, and when. */
export interface FieldWriter {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: "status" | undefined;
  /** RFC 3339, whole seconds, UTC. */
  readonly time: string;
}

/** Entries of Update that one object may have; older ones are merged (as an API server does it). */
const MOST_UPDATES = 10;

/**
 * The entries after a create, a replace or a patch that is no apply: the writer gains what it added or changed,
 * all others lose that and what is gone. Without a writer nobody gains.
 */
export function recordUpdate(
  entries: ManagedFields,
  { changed, removed }: FieldChanges,
  writer: FieldWriter | undefined,
): ManagedFields {
  if (!changed && !removed) return entries;
  const kept = entries.flatMap((entry) =>
    withFields(entry, subtractBranches(subtract(entry.fieldsV1, changed), removed)),
  );
  if (!changed || !writer) return kept;
  const { manager, apiVersion, subresource, time } = writer;
  const update = { manager, operation: "Update", apiVersion, time, fieldsType: "FieldsV1" } as const;
  const own = { ...update, ...(subresource === undefined ? {} : { subresource }) };
  const former = kept.find((entry) => isSameWriter(entry, own));
  const gained = unite(former?.fieldsV1, changed) ?? {};
  const others = kept.filter((entry) => entry !== former);
  return inOrder(withoutTooMany([...others, { ...update, fieldsV1: gained, ...own }]));
}

/** The entry with these fields; an entry without any goes. */
export function withFields(entry: ManagedFieldsEntry, fields: FieldSet): ManagedFieldsEntry[] {
  if (fields === entry.fieldsV1) return [entry];
  return fields ? [{ ...entry, fieldsV1: fields }] : [];
}

/** The oldest become one, with the time of the youngest of them. */
function withoutTooMany(entries: ManagedFields): ManagedFields {
  const updates = inOrder(entries.filter(({ operation }) => operation === "Update"));
  if (updates.length <= MOST_UPDATES) return entries;
  const oldest = updates.slice(0, updates.length - MOST_UPDATES + 1);
  const [first, ...rest] = oldest;
  const last = oldest.at(-1);
  if (!first || !last) return entries;
  const fields = rest.reduce<FieldSet>((all, entry) => unite(all, entry.fieldsV1), first.fieldsV1) ?? {};
  const { subresource: _subresource, ...merged } = last;
  const ancient = { ...merged, manager: "ancient-changes", fieldsV1: fields };
  return [...entries.filter((entry) => !oldest.includes(entry)), ancient];
}
