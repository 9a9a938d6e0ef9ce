import { isPlainObject, type PlainObject } from "../../plain-object.ts";

/**
 * What a value is for the owners of fields: objects and maps are granular and every list is one field, except the
 * set `metadata.finalizers` and the keyed list `metadata.ownerReferences` (admin-api spec §9).
 */
export type Shape = "object" | "metadata" | "value" | "set" | "keyed" | "item";

export interface Member {
  /** As `fieldsV1` names it. */
  readonly step: string;
  readonly value: unknown;
  readonly shape: Shape;
}

/** What the server owns, or what names the object, is never anybody's. */
const UNTRACKED: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "generation",
  "resourceVersion",
  "managedFields",
  "selfLink",
]);

/** The parts of a value that have owners of their own; undefined where the value is one field. */
export function membersOf(value: unknown, shape: Shape): readonly Member[] | undefined {
  switch (shape) {
    case "set":
      return Array.isArray(value) ? value.map(setMember) : undefined;
    case "keyed":
      return Array.isArray(value) ? value.map(keyedMember) : undefined;
    case "item":
      return undefined;
    default:
      return isPlainObject(value) ? objectMembers(value, shape) : undefined;
  }
}

function objectMembers(value: PlainObject, shape: "object" | "metadata" | "value"): Member[] {
  const members: Member[] = [];
  for (const key of Object.keys(value)) {
    const inner = shapeOf(key, shape);
    if (inner) members.push({ step: `f:${key}`, value: value[key], shape: inner });
  }
  return members;
}

/** Of a member; undefined where it has no owner. */
export function shapeOf(key: string, shape: "object" | "metadata" | "value"): Shape | undefined {
  if (shape === "value") return "value";
  if (shape === "object") {
    if (key === "apiVersion" || key === "kind") return undefined;
    return key === "metadata" ? "metadata" : "value";
  }
  if (UNTRACKED.has(key)) return undefined;
  if (key === "finalizers") return "set";
  return key === "ownerReferences" ? "keyed" : "value";
}

function setMember(value: unknown): Member {
  return { step: `v:${JSON.stringify(value)}`, value, shape: "item" };
}

function keyedMember(value: unknown): Member {
  const uid = isPlainObject(value) ? (value["uid"] ?? null) : null;
  return { step: `k:${JSON.stringify({ uid })}`, value, shape: "item" };
}
