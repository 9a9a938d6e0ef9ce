import type { Kind } from "../../core/resources/kind.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

/** Namespaces go one by one: each takes its contents along. */
export function canDeleteCollection(kind: Pick<Kind, "group" | "kind">): boolean {
  return kind.group !== "" || kind.kind !== "Namespace";
}

export function collectionVerbs(kind: Pick<Kind, "group" | "kind">): string[] {
  return VERBS.filter((verb) => verb !== "deletecollection" || canDeleteCollection(kind));
}
