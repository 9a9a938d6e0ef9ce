/** A default as it goes into an object: a map is copied, so that no two objects share one. */
export function defaultOf<Value>(value: Value): Value {
  return typeof value === "object" ? structuredClone(value) : value;
}
