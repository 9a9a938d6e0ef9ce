import { stringify } from "yaml";
import { objectAt } from "../json-fields.ts";

/** An object as a document. */
export function printObject(object: unknown, format: "json" | "yaml"): string {
  const clean = withoutManagedFields(object);
  // `version: 1.1` quotes what kubectl's reader would take for a boolean: "yes", "on".
  return format === "json"
    ? `${JSON.stringify(clean, undefined, 4)}\n`
    : stringify(clean, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** Who wrote which field is of no use to a reader; kubectl leaves it out too. */
export function withoutManagedFields(object: unknown): unknown {
  const metadata = objectAt(object, "metadata");
  if (!metadata || !("managedFields" in metadata)) return object;
  const { managedFields: _hidden, ...rest } = metadata;
  return { ...(object as object), metadata: rest };
}
