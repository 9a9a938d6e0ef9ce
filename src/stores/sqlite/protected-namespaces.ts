/**
 * Namespaces that exist from the start and cannot be deleted (admin-api spec §3): the product's own
 * credentials live in one, and tools expect the others of any Kubernetes API.
 */
export const protectedNamespaces: ReadonlySet<string> = new Set(["default", "kyma-system", "kube-system"]);
