import { forbidden, invalidValues } from "./causes.ts";
import { keyPath } from "./field-path.ts";
import type { Cause } from "./kind.ts";
import { dataKeyProblems } from "./name-rules.ts";

/** Rules that Secret and ConfigMap share (admin-api spec §12). */
export type Data = Readonly<Record<string, string>>;

/** Bytes that all values of one object may have together. */
export const DATA_LIMIT = 1_048_576;

export function dataKeyCauses(field: string, data: Data = {}): Cause[] {
  return Object.keys(data).flatMap((key) => invalidValues(keyPath(field, key), key, dataKeyProblems(key)));
}

/** The bytes that base64 values stand for. */
export function decodedBytes(data: Data = {}): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, "base64"), 0);
}

/** Base64 as an API server gives it back: without line breaks. */
export function canonicalBase64(data: Data): Data {
  const breaks = /[\r\n]/g;
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, text.replace(breaks, "")]));
}

/** The object without those of its properties that are empty maps, as Go's `omitempty` leaves them out. */
export function withoutEmptyMaps<T extends object>(value: T, ...names: readonly (keyof T)[]): T {
  const copy = { ...value };
  for (const name of names) {
    const inner = copy[name];
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length === 0) delete copy[name];
  }
  return copy;
}

interface Freezable {
  readonly immutable?: boolean;
}

const IMMUTABLE = "field is immutable when `immutable` is set";

/** Once `immutable` is true, neither it nor any of `fields` may change; metadata may. */
export function immutabilityCauses<T extends Freezable>(
  value: T,
  previous: T | undefined,
  fields: readonly (keyof T & string)[],
): Cause[] {
  if (previous?.immutable !== true) return [];
  const changed: string[] = fields.filter((field) => !sameData(value[field], previous[field]));
  if (value.immutable !== true) changed.unshift("immutable");
  return changed.map((field) => forbidden(field, IMMUTABLE));
}

function sameData(left: unknown, right: unknown): boolean {
  const [a, b] = [(left ?? {}) as Data, (right ?? {}) as Data];
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  );
}
