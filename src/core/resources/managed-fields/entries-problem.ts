import { isPlainObject } from "../../plain-object.ts";

const TEXTS: Readonly<Record<string, string>> = {
  manager: "string",
  operation: "v1.ManagedFieldsOperationType",
  apiVersion: "string",
  time: "string",
  fieldsType: "string",
  subresource: "string",
};

/**
 * What a typed decoder would refuse in `metadata.managedFields` as it was sent, in the words of Go's JSON decoder;
 * undefined where it can be read. What the entries say is another question: then the stored ones stay.
 */
export function entriesProblem({ custom }: { readonly custom: boolean }, sent: unknown): string | undefined {
  const metadata = isPlainObject(sent) ? sent["metadata"] : undefined;
  const entries = isPlainObject(metadata) ? (metadata["managedFields"] ?? undefined) : undefined;
  if (entries === undefined) return undefined;
  // The metadata of a custom resource is decoded apart, so its paths lack the first name.
  const path = custom ? "managedFields" : "metadata.managedFields";
  const inObject = `ObjectMeta.${path} of type`;
  if (!Array.isArray(entries)) return mismatch(entries, `${inObject} []v1.ManagedFieldsEntry`);
  for (const entry of entries as readonly unknown[]) {
    if (entry === null) continue;
    if (!isPlainObject(entry)) return mismatch(entry, `${inObject} v1.ManagedFieldsEntry`);
    for (const [key, type] of Object.entries(TEXTS)) {
      const value = entry[key] ?? "";
      if (typeof value !== "string")
        return mismatch(value, `ManagedFieldsEntry.${path}.${key} of type ${type}`);
    }
    const { time } = entry;
    if (time && Number.isNaN(Date.parse(time as string)))
      return "the time of an entry of metadata.managedFields is no time";
  }
  return undefined;
}

function mismatch(value: unknown, field: string): string {
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${type} into Go struct field ${field}`;
}
