import type { Kind } from "../../core/resources/kind.ts";
import { LAST_APPLIED } from "../../core/resources/managed-fields/last-applied.ts";
import type { Metadata, Resource } from "../../core/resources/resource.ts";

/**
 * The metadata for Tables and metadata-only answers, where nothing of a Secret's values may stand: kubectl copies
 * what it applied into an annotation, plain values too (admin-api spec §12).
 */
function shownMetadata(kind: Pick<Kind, "secret">, metadata: Metadata): Metadata {
  if (kind.secret !== true || metadata.annotations?.[LAST_APPLIED] === undefined) return metadata;
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== LAST_APPLIED);
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

export function shownObject(kind: Pick<Kind, "secret">, value: Resource): Resource {
  const metadata = shownMetadata(kind, value.metadata);
  return metadata === value.metadata ? value : { ...value, metadata };
}

export function partialObject(
  kind: Pick<Kind, "secret">,
  value: Resource,
  metaVersion: "v1" | "v1beta1",
): Resource {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: shownMetadata(kind, value.metadata),
  };
}
