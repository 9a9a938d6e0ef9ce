import type { Kind } from "./kind.ts";
import { isQualifiedFinalizer } from "./metadata-causes.ts";
import type { Resource } from "./resource.ts";

/** What a client should be told about an object that is accepted all the same (admin-api spec §12). */
export function admissionWarnings<T extends Resource>(kind: Kind<T>, value: T): readonly string[] {
  const warnings = [...(kind.warnings?.(value) ?? [])];
  if (!kind.custom) return warnings;
  for (const name of value.metadata.finalizers ?? []) {
    if (isQualifiedFinalizer(name)) continue;
    warnings.push(
      `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    );
  }
  return warnings;
}
