import { stringify } from "yaml";
import { objectAt } from "../json-fields.ts";

/** An object as a document, just as it is. */
export function printObject(object: unknown, format: "json" | "yaml"): string {
  // `version: 1.1` quotes what kubectl's reader would take for a boolean: "yes", "on".
  return format === "json"
    ? `${JSON.stringify(object, undefined, 4)}\n`
    : stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** Who wrote which field is of no use to a reader; kubectl leaves it out too. */
export function withoutManagedFields(object: unknown): unknown {
  const metadata = objectAt(object, "metadata");
  if (!metadata || !("managedFields" in metadata)) return object;
  const { managedFields: _hidden, ...rest } = metadata;
  return { ...(object as object), metadata: rest };
}
