/**
 * The same value, whose objects have no prototype any more. A message between threads gives every object one, and
 * the keys of some are a stranger's: `constructor` is to be none of them unless somebody sent it.
 */
export function withoutPrototypes<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const member of Object.values(value)) withoutPrototypes(member);
  return value;
}
