/**
 * Whether one `metadata.resourceVersion` is older than another one of the same kind: they are decimal numbers that
 * grow (Kubernetes, "Resource versions": comparable since 1.35, KEP-5504), of any length.
 */
export function isOlder(version: string, other: string): boolean {
  return version.length === other.length ? version < other : version.length < other.length;
}
