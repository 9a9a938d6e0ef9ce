import type { Kind } from "../../core/resources/kind.ts";
import type { Metadata, Resource } from "../../core/resources/resource.ts";

/** kubectl copies what it applied into this annotation: of a Secret, its plain values (admin-api spec §12). */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The metadata for Tables and metadata-only answers, where nothing of a Secret's values may stand. */
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
