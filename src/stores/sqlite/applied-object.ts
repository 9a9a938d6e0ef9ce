import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { applyFields, firstApplied } from "../../core/resources/managed-fields/apply-fields.ts";
import { conflictTexts } from "../../core/resources/managed-fields/conflict-texts.ts";
import type { ManagedFields } from "../../core/resources/managed-fields/entry.ts";
import { allowedByLastApplied, withLastApplied } from "../../core/resources/managed-fields/last-applied.ts";
import type { FieldWriter } from "../../core/resources/managed-fields/record-update.ts";
import { trackedPart, withoutManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { typedProblems } from "../../core/resources/typed-problems.ts";
import { applyConflict, goneUid, nameMismatch } from "../refusals.ts";
import { StoreFailure } from "../store-failure.ts";
import type { WriteRequest } from "./protocol.ts";
import { timestamp } from "./server-fields.ts";

type ApplyRequest = Extract<WriteRequest, { readonly operation: "apply" }>;

/** What an object becomes by an apply, before admission, and who then wrote what (admin-api spec §9). */
export interface AppliedObject {
  readonly sent: object;
  /** `isSame`: the object is as it was. */
  readonly entriesOf: (isSame: boolean) => ManagedFields;
}

/** The object that an apply makes, where there is none. */
export function madeByApply(kind: Kind, request: ApplyRequest): AppliedObject {
  const { ref } = request;
  const body = readApplied(kind, request);
  const metadata = metadataOf(body);
  if (metadata["resourceVersion"]) {
    throw badApply(kind, ref, "resourceVersion should not be set on objects to be created");
  }
  // Meant for an object that is gone, or was made anew.
  if (metadata["uid"]) throw goneUid(kind, ref, textIn(metadata, "uid"));
  const entries = firstApplied(trackedPart(kind, body, undefined), writerOf(kind, request));
  return { sent: { ...body, metadata: { ...metadata, ...ref } }, entriesOf: () => entries };
}

/** Throws STORE_APPLY_CONFLICT where other managers hold what would change. */
export function appliedObject(kind: Kind, request: ApplyRequest, stored: Resource): AppliedObject {
  const { ref, force, manager, subresource } = request;
  const body = readApplied(kind, request);
  const previous = withoutManagedFields(stored);
  const result = applyFields({
    stored: trackedPart(kind, previous, subresource),
    body: trackedPart(kind, body, subresource),
    entries: stored.metadata.managedFields ?? [],
    writer: writerOf(kind, request),
    force,
    allowed: allowedByLastApplied(previous, manager),
  });
  if (result.kind === "conflicts") throw applyConflict(kind, ref, conflictTexts(result.conflicts));
  const { value, entriesOf } = result;
  const next = subresource === undefined ? value : { ...trackedPart(kind, previous, undefined), ...value };
  // Of a Secret the annotation would hold plain values.
  const sent = kind.secret === true ? next : withLastApplied(next, body, manager);
  return { sent: identified(sent as Resource, previous, body), entriesOf };
}

/** What the body says of which object it means is to be checked; what it leaves out, or empty, is as it is stored. */
function identified(value: Resource, { metadata }: Resource, body: PlainObject): object {
  const given = metadataOf(body);
  const uid = given["uid"] || metadata.uid;
  const resourceVersion = given["resourceVersion"] || metadata.resourceVersion;
  return { ...value, metadata: { ...value.metadata, name: metadata.name, uid, resourceVersion } };
}

/** Checks that the body can be applied at all: what it is, and that its kind has all that it names. */
function readApplied(kind: Kind, { body: text, ref }: ApplyRequest): PlainObject {
  const body: unknown = JSON.parse(text);
  if (!isPlainObject(body)) throw badApply(kind, ref, "the body of an apply is an object");
  checkType(kind, body, ref);
  const { managedFields } = metadataOf(body);
  const name = textIn(metadataOf(body), "name");
  if ((managedFields ?? undefined) !== undefined) {
    throw badApply(kind, ref, "metadata.managedFields must be nil");
  }
  const [first, ...more] = typedProblems(kind, body).slice(0, MOST_PROBLEMS);
  if (first !== undefined) {
    const problems = more.length === 0 ? first : ["errors:", first, ...more].join("\n  ");
    throw badApply(kind, ref, `failed to create typed patch object (${shownObject(kind, ref)}): ${problems}`);
  }
  if (name && name !== ref.name) throw nameMismatch(kind, ref, name);
  return body;
}

/** As many as an API server names. */
const MOST_PROBLEMS = 100;

function checkType(kind: Kind, body: PlainObject, ref: Ref): void {
  const [apiVersion, name] = [textIn(body, "apiVersion"), textIn(body, "kind")];
  if (apiVersion === apiVersionOf(kind) && name === kind.kind) return;
  // The core group is not written: `/v1`.
  const version = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  throw badApply(kind, ref, `invalid object type: ${version}, Kind=${name}`);
}

function textIn(object: PlainObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}

function shownObject({ group, version, kind }: Kind, { namespace = "", name }: Ref): string {
  return `${namespace}/${name}; ${group}/${version}, Kind=${kind}`;
}

function metadataOf(body: PlainObject): PlainObject {
  const metadata = body["metadata"];
  return isPlainObject(metadata) ? metadata : {};
}

function writerOf(kind: Kind, { manager, subresource, now }: ApplyRequest): FieldWriter {
  return { manager, apiVersion: apiVersionOf(kind), subresource, time: timestamp(now) };
}

function badApply(kind: Kind, ref: Ref, problem: string): StoreFailure {
  return new StoreFailure("STORE_BAD_APPLY", [problem], { resource: kind, ref });
}
