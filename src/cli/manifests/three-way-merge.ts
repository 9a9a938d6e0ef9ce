import { isDeepStrictEqual } from "node:util";
import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";

/** The three states from which `apply` computes what to change. */
export interface ThreeStates {
  /** What was applied last; undefined when nobody knows. */
  readonly original: PlainObject | undefined;
  /** What is to be. */
  readonly modified: PlainObject;
  /** What the server has. */
  readonly current: PlainObject;
}

/**
 * A merge patch (RFC 7386) that brings the server's object to the file: adds and changes what the file says,
 * deletes what the last file said and this one does not, and leaves alone what others wrote. Undefined when
 * there is nothing to do. The same rule as kubectl's for custom resources.
 */
export function threeWayMerge({ original, modified, current }: ThreeStates): PlainObject | undefined {
  const deletions = original ? deleted(original, modified, current) : {};
  const patch = merged(changed(current, modified), deletions);
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Fields that `modified` has and `current` has not or has otherwise. Lists are replaced as a whole. */
function changed(current: PlainObject, modified: PlainObject): PlainObject {
  return fromEntries(
    Object.entries(modified).map(([key, value]) => {
      const before = ownValue(current, key);
      if (isPlainObject(value) && isPlainObject(before)) {
        const inner = changed(before, value);
        return [key, Object.keys(inner).length > 0 ? inner : undefined];
      }
      // A null in a file says nothing: in a patch it would delete.
      if (value === null) return [key, undefined];
      return [key, isDeepStrictEqual(value, before) ? undefined : withoutNulls(value)];
    }),
  );
}

/** `null` for what `original` has, `modified` has not, and the server still has. */
function deleted(original: PlainObject, modified: PlainObject, current: PlainObject): PlainObject {
  return fromEntries(
    Object.entries(original).map(([key, value]) => {
      const after = ownValue(modified, key);
      const now = ownValue(current, key);
      if (now === undefined || now === null) return [key, undefined];
      if (after === undefined || (after === null && value !== null)) return [key, null];
      if (!isPlainObject(value) || !isPlainObject(after) || !isPlainObject(now)) return [key, undefined];
      const inner = deleted(value, after, now);
      return [key, Object.keys(inner).length > 0 ? inner : undefined];
    }),
  );
}

function merged(left: PlainObject, right: PlainObject): PlainObject {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return fromEntries(
    [...keys].map((key) => {
      const first = ownValue(left, key);
      const second = ownValue(right, key);
      if (isPlainObject(first) && isPlainObject(second)) return [key, merged(first, second)];
      return [key, second === undefined ? first : second];
    }),
  );
}

/** RFC 7386 deletes by null at any depth of a map; within a list a null is a value. */
function withoutNulls(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === null ? undefined : withoutNulls(item)]),
  );
}

/** Defines properties, so that a key `__proto__` stays data; entries without a value are left out. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): PlainObject {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
