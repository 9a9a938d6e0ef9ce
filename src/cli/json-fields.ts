import { isPlainObject, ownValue, type PlainObject } from "../core/plain-object.ts";

type Path = readonly string[];

/** What stands at a path of a JSON value whose shape is another program's promise. */
export function valueAt(value: unknown, ...path: Path): unknown {
  let current = value;
  for (const key of path) current = isPlainObject(current) ? ownValue(current, key) : undefined;
  return current;
}

/** A text that is not empty. */
export function textAt(value: unknown, ...path: Path): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

export function objectAt(value: unknown, ...path: Path): PlainObject | undefined {
  const found = valueAt(value, ...path);
  return isPlainObject(found) ? found : undefined;
}

/** The objects of a list; anything else in it is left out. */
export function objectsAt(value: unknown, ...path: Path): readonly PlainObject[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter(isPlainObject) : [];
}

/** The texts of a list; anything else in it is left out. */
export function textsAt(value: unknown, ...path: Path): readonly string[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter((item) => typeof item === "string") : [];
}
