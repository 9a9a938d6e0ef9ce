import type { Resource } from "../../core/resources/resource.ts";

/** What a dry run would have created has no version yet; clients expect the field to be absent then. */
export function withoutEmptyVersion(value: Resource): Resource {
  if (value.metadata.resourceVersion !== "") return value;
  const { resourceVersion: _none, ...metadata } = value.metadata;
  return { ...value, metadata: metadata as Resource["metadata"] };
}
