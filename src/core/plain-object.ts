/** A JSON object: neither null nor an array. Its keys are data, `__proto__` and `constructor` included. */
export type PlainObject = Record<string, unknown>;

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a key of its own only: `object["constructor"]` would find what every object inherits. */
export function ownValue(object: PlainObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * A copy of `object` with each value replaced; keys for which `replace` gives undefined are left out.
 * Object.fromEntries defines properties, so that a key `__proto__` stays a key.
 */
export function mapValues(
  object: PlainObject,
  replace: (value: unknown, key: string) => unknown,
): PlainObject {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const replaced = replace(value, key);
    if (replaced !== undefined) entries.push([key, replaced]);
  }
  return Object.fromEntries(entries);
}

/** Gives `object` a value of its own: an assignment to `__proto__` would set the prototype. */
export function setOwn(object: PlainObject, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}
