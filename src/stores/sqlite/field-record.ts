import { isPlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { compareFields, type FieldChanges } from "../../core/resources/managed-fields/compare-fields.ts";
import { readManagedFields, type ManagedFields } from "../../core/resources/managed-fields/entry.ts";
import { fieldsOf } from "../../core/resources/managed-fields/fields-of.ts";
import { recordUpdate, type FieldWriter } from "../../core/resources/managed-fields/record-update.ts";
import { trackedPart } from "../../core/resources/managed-fields/tracked-part.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { ChangeMode } from "./identity-checks.ts";
import type { WriteRequest } from "./protocol.ts";
import { timestamp } from "./server-fields.ts";

/** A write that is no apply, for the record of who wrote which fields (admin-api spec §9). */
export interface RecordedWrite {
  readonly kind: Kind;
  /** As it came, with entries of its own perhaps. */
  readonly sent: unknown;
  readonly mode: ChangeMode;
  readonly request: WriteRequest;
}

/** The entries of an object that a write makes: all of it is the writer's. */
export function firstEntries(kind: Kind, request: WriteRequest, made: Resource): ManagedFields {
  const writer = fieldWriter(kind, request, undefined);
  if (!writer) return [];
  const fieldsV1 = fieldsOf(trackedPart(kind, made, undefined));
  if (!fieldsV1) return [];
  const { manager, apiVersion, time } = writer;
  return [{ manager, operation: "Update", apiVersion, time, fieldsType: "FieldsV1", fieldsV1 }];
}

/** What a write changes of what it may change. */
export function fieldChanges(
  { kind, mode }: RecordedWrite,
  { previous, next }: { readonly previous: Resource; readonly next: Resource },
): FieldChanges {
  const part = (value: Resource) => trackedPart(kind, value, mode.subresource);
  return compareFields(part(previous), part(next));
}

/** The entries after a write: made of those that it brings, where it has any and may, otherwise of the stored ones. */
export function nextEntries(
  { kind, sent, mode, request }: RecordedWrite,
  stored: ManagedFields | undefined,
  changesOf: () => FieldChanges,
): ManagedFields {
  const written = mode.subresource === undefined ? readManagedFields(sentEntries(sent)) : undefined;
  // What has no entries at all, of a data directory of before, gets none by a write.
  const entries = written ?? stored ?? [];
  if (entries.length === 0) return [];
  return recordUpdate(entries, changesOf(), fieldWriter(kind, request, mode.subresource));
}

function sentEntries(sent: unknown): unknown {
  const metadata = isPlainObject(sent) ? sent["metadata"] : undefined;
  return isPlainObject(metadata) ? metadata["managedFields"] : undefined;
}

function fieldWriter(
  kind: Kind,
  { manager, now }: WriteRequest,
  subresource: ChangeMode["subresource"],
): FieldWriter | undefined {
  if (manager === undefined) return undefined;
  return { manager, apiVersion: apiVersionOf(kind), subresource, time: timestamp(now) };
}
