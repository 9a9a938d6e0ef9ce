import { localTarget } from "../check/reference-check.ts";
import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";

export interface Resolved {
  readonly object: PlainObject;
  /** The last reference on the way, which names what it leads to. */
  readonly reference: string | undefined;
}

/** An object, or what its references within the document lead to; empty where they lead nowhere. */
export function resolved(root: PlainObject, value: unknown): Resolved {
  let object: unknown = value;
  let last: string | undefined;
  for (let hops = 0; hops < 50 && isPlainObject(object); hops++) {
    const reference = ownValue(object, "$ref");
    if (typeof reference !== "string" || !reference.startsWith("#")) break;
    last = reference;
    object = localTarget(root, reference);
  }
  return { object: isPlainObject(object) ? object : {}, reference: last };
}

/** Members of an object, each with its key. */
export function members(value: unknown): readonly (readonly [string, unknown])[] {
  return isPlainObject(value) ? Object.entries(value) : [];
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The same text for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
