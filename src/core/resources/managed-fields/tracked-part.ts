import type { Kind } from "../kind.ts";
import type { Metadata, Resource } from "../resource.ts";
import type { ManagedFields } from "./entry.ts";

/** What a write to the object, or to its status alone, may own: where the status is a subresource, one or the other. */
export function trackedPart(
  { statusSubresource }: Pick<Kind, "statusSubresource">,
  value: object,
  subresource: "status" | undefined,
): object {
  if (!statusSubresource) return value;
  const { status, ...rest } = value as { readonly status?: unknown };
  if (subresource === undefined) return rest;
  return status === undefined ? {} : { status };
}

export function withoutManagedFields<T extends Resource>(value: T): T {
  const { managedFields, ...metadata } = value.metadata;
  return managedFields === undefined ? value : { ...value, metadata };
}

/** They stand last in the metadata, and not at all where there are none. */
export function withManagedFields<T extends Resource>(value: T, managedFields: ManagedFields = []): T {
  if (managedFields.length === 0) return value;
  const metadata: Metadata = { ...value.metadata, managedFields };
  return { ...value, metadata };
}
