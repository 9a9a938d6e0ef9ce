import { isPlainObject } from "../../core/plain-object.ts";
import type { Patch } from "../../stores/store.ts";

/** The patch for that version of the object alone, unless it names one itself. */
export function pinnedPatch(patch: Patch, resourceVersion: string): Patch {
  const value: unknown = patch.value;
  if (Array.isArray(value)) {
    // A JSON patch (RFC 6902): nothing is done where the first of its operations fails.
    const test = { op: "test", path: "/metadata/resourceVersion", value: resourceVersion };
    return { ...patch, value: [test, ...(value as unknown[])] };
  }
  if (!isPlainObject(value)) return patch;
  const given = isPlainObject(value["metadata"]) ? value["metadata"] : {};
  const own = given["resourceVersion"];
  // Neither null nor an empty one is a precondition.
  if (typeof own === "string" && own !== "") return patch;
  return { ...patch, value: { ...value, metadata: { ...given, resourceVersion } } };
}
