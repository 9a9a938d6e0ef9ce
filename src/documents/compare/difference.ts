/** What is in the first set and not in the second. */
export function difference<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...one].filter((value) => !other.has(value)));
}
