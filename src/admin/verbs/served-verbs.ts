import type { Kind } from "../../core/resources/kind.ts";
import { isReview } from "../reviews/review-kinds.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

/** Namespaces go one by one: each takes its contents along. */
export function canDeleteCollection(kind: Pick<Kind, "group" | "kind">): boolean {
  return kind.group !== "" || kind.kind !== "Namespace";
}

export function collectionVerbs(kind: Pick<Kind, "group" | "kind">): string[] {
  if (isReview(kind)) return ["create"];
  return VERBS.filter((verb) => verb !== "deletecollection" || canDeleteCollection(kind));
}
