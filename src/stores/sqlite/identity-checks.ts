import { invalidValues } from "../../core/resources/causes.ts";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { invalid, modified, nameMismatch, wrongUid, wrongVersion } from "../refusals.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Precondition } from "../store.ts";
import type { ObjectRow } from "./object-table.ts";
import { refOfObject, refOfRow } from "./refs.ts";

export interface ChangeMode {
  readonly by: "replace" | "patch";
  /** Where only that changes. */
  readonly subresource: "status" | undefined;
}

export interface Identified {
  readonly value: Resource;
  readonly previous: Resource;
  readonly mode: ChangeMode;
}

/** Refuses another name, version, uid or kind than those of the stored object (admin-api spec §§7, 8.2, 8.3). */
export function checkIdentity(kind: Kind, identified: Identified): void {
  const { value, previous, mode } = identified;
  const ref = refOfObject(previous);
  if (value.metadata.name !== ref.name) {
    throw nameMismatch(kind, ref, value.metadata.name);
  }
  checkNamespace(kind, value, ref);
  checkVersion(kind, identified);
  checkUid(kind, identified);
  if (mode.subresource === undefined) checkDeletion(kind, identified);
  if (mode.by === "patch") checkType(kind, value, ref);
}

function checkNamespace(kind: Kind, { metadata: { namespace } }: Resource, ref: Ref): void {
  if (kind.scope === "Cluster" || !namespace || namespace === ref.namespace) return;
  throw new StoreFailure("STORE_NAMESPACE_MISMATCH", [], { resource: kind, ref });
}

function checkVersion(kind: Kind, { value, previous, mode }: Identified): void {
  const given = value.metadata.resourceVersion;
  const ref = refOfObject(previous);
  if (!given || given === "0") {
    if (!kind.custom || mode.subresource !== undefined) return;
    const field = "metadata.resourceVersion";
    throw invalid(kind, ref, invalidValues(field, 0, ["must be specified for an update"]));
  }
  if (!/^\d+$/.test(given)) throw new StoreFailure("STORE_BAD_VERSION", [given], { resource: kind, ref });
  if (given !== previous.metadata.resourceVersion) throw modified(kind, ref);
}

function checkUid(kind: Kind, { value, previous, mode }: Identified): void {
  const [given, stored] = [value.metadata.uid, previous.metadata.uid];
  const isIgnored = mode.by === "patch" && mode.subresource !== undefined;
  if (!given || given === stored || isIgnored) return;
  const ref = refOfObject(previous);
  if (mode.by === "replace") throw wrongUid(kind, ref, { given, stored });
  throw invalid(kind, ref, invalidValues("metadata.uid", given, ["field is immutable"]));
}

/** A deletion cannot be written; leaving it out of a write does not undo it. */
function checkDeletion(kind: Kind, { value, previous }: Identified): void {
  const given = value.metadata.deletionTimestamp;
  const stored = previous.metadata.deletionTimestamp;
  if (!given || (stored !== undefined && Date.parse(given) === Date.parse(stored))) return;
  const causes = invalidValues("metadata.deletionTimestamp", given, ["field is immutable"]);
  throw invalid(kind, refOfObject(previous), causes);
}

function checkType(kind: Kind, value: Resource, ref: Ref): void {
  const expected = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  for (const field of ["apiVersion", "kind"] as const) {
    if (value[field] === expected[field]) continue;
    throw invalid(kind, ref, invalidValues(field, value[field], [`must be ${expected[field]}`]));
  }
}

export function checkPrecondition(kind: Kind, row: ObjectRow, { uid, resourceVersion }: Precondition): void {
  const ref = refOfRow(row);
  if (uid !== undefined && uid !== row.uid) throw wrongUid(kind, ref, { given: uid, stored: row.uid });
  const stored = String(row.version);
  if (resourceVersion !== undefined && resourceVersion !== stored) {
    throw wrongVersion(kind, ref, { given: resourceVersion, stored });
  }
}
