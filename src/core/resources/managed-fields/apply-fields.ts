import { isDeepStrictEqual } from "node:util";
import { compareFields, type FieldChanges } from "./compare-fields.ts";
import { inOrder, isSameWriter, type ManagedFields, type ManagedFieldsEntry } from "./entry.ts";
import { intersect, subtract, subtractBranches, unite, type FieldSet } from "./fields.ts";
import { fieldsOf, namedFields } from "./fields-of.ts";
import { overlay } from "./overlay.ts";
import { withFields, type FieldWriter } from "./record-update.ts";
import { withdraw } from "./withdraw.ts";

export interface FieldApply {
  /** The part of the stored object that may be written here. */
  readonly stored: object;
  /** The same part of what was sent. */
  readonly body: object;
  readonly entries: ManagedFields;
  readonly writer: FieldWriter;
  /** Takes from other managers what they hold. */
  readonly force: boolean;
  /** Fields that are taken without it. */
  readonly allowed: FieldSet;
}

export interface Conflict {
  /** Who holds the fields. */
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

export type FieldApplyResult =
  | {
      readonly kind: "applied";
      /** Before defaults. */
      readonly value: object;
      /** The entries then; whether the object differs in the end from the stored one is not known here. */
      readonly entriesOf: (isSame: boolean) => ManagedFields;
    }
  | { readonly kind: "conflicts"; readonly conflicts: readonly Conflict[] };

/** Server-side apply to the fields of one object: steps 2 to 6 of admin-api spec §9. */
export function applyFields(apply: FieldApply): FieldApplyResult {
  const { stored, body, writer, force } = apply;
  const entries = apply.entries.length > 0 ? apply.entries : beforeFirstApply(stored, writer);
  const own = { ...writer, operation: "Apply" } as const;
  const former = entries.find((entry) => isSameWriter(entry, own));
  const others = entries.filter((entry) => entry !== former);
  const named = namedFields(body);
  const held = others.reduce<FieldSet>((all, { fieldsV1 }) => unite(all, fieldsV1), named);
  const value = withdraw(overlay(stored, body), { former: former?.fieldsV1, held }) as object;
  const changes = compareFields(stored, value);
  const conflicts = force ? [] : conflictsOf(others, changes, apply.allowed);
  if (conflicts.length > 0) return { kind: "conflicts", conflicts };
  return {
    kind: "applied",
    value,
    entriesOf: (isSame) =>
      inOrder([
        ...others.flatMap((entry) => withoutChanges(entry, changes)),
        ...entryOf(named, "Apply", { ...writer, time: timeOf(apply, { former, named, changes, isSame }) }),
      ]),
  };
}

interface AppliedFields {
  readonly former: ManagedFieldsEntry | undefined;
  readonly named: FieldSet;
  readonly changes: FieldChanges;
  readonly isSame: boolean;
}

/**
 * Who comes to hold what was there already has changed nothing at any time, as in a cluster. What is changed and then
 * brought back by the kind (`data: {}`) counts, but not where nothing else would be written.
 */
function timeOf(
  { writer }: FieldApply,
  { former, named, changes, isSame }: AppliedFields,
): string | undefined {
  if (!isSame) return writer.time;
  const isUntouched = !changes.changed && !changes.removed;
  const isNothing = former && isDeepStrictEqual(former.fieldsV1, named);
  return isUntouched || isNothing ? former?.time : writer.time;
}

/** The entries of an object that an apply makes. */
export function firstApplied(body: object, writer: FieldWriter): ManagedFields {
  return entryOf(namedFields(body), "Apply", writer);
}

/** What an object without entries has belongs to whoever wrote it before. */
function beforeFirstApply(stored: object, writer: FieldWriter): ManagedFields {
  return entryOf(fieldsOf(stored), "Update", { ...writer, manager: "before-first-apply" });
}

function conflictsOf(others: ManagedFields, { changed }: FieldChanges, allowed: FieldSet): Conflict[] {
  return others.flatMap((entry) => {
    const fields = subtract(intersect(entry.fieldsV1, changed), allowed);
    return fields ? [{ entry, fields }] : [];
  });
}

function withoutChanges(entry: ManagedFieldsEntry, { changed, removed }: FieldChanges): ManagedFieldsEntry[] {
  return withFields(entry, subtractBranches(subtract(entry.fieldsV1, changed), removed));
}

/** None where there are no fields. */
function entryOf(
  fieldsV1: FieldSet,
  operation: ManagedFieldsEntry["operation"],
  {
    manager,
    apiVersion,
    subresource,
    time,
  }: Omit<FieldWriter, "time"> & { readonly time: string | undefined },
): ManagedFields {
  if (!fieldsV1) return [];
  const when = time === undefined ? {} : { time };
  const where = subresource === undefined ? {} : { subresource };
  return [{ manager, operation, apiVersion, ...when, fieldsType: "FieldsV1", fieldsV1, ...where }];
}
