import type { Kind } from "../../core/resources/kind.ts";
import { object } from "../../core/resources/schema.ts";

const AUTHENTICATION = "authentication.k8s.io";
const AUTHORIZATION = "authorization.k8s.io";

/** Questions of a caller about himself (admin-api spec §15): created, answered, and nowhere kept. */
export const reviewKinds: readonly Kind[] = [
  reviewKind(AUTHENTICATION, "SelfSubjectReview", "Asks who the caller is."),
  reviewKind(AUTHORIZATION, "SelfSubjectAccessReview", "Asks whether the caller may do one thing."),
  reviewKind(AUTHORIZATION, "SelfSubjectRulesReview", "Asks what the caller may do in a namespace."),
];

export function isReview({ group }: Pick<Kind, "group">): boolean {
  return group === AUTHENTICATION || group === AUTHORIZATION;
}

function reviewKind(group: string, kind: string, description: string): Kind {
  return {
    group,
    version: "v1",
    kind,
    description,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    scope: "Cluster",
    statusSubresource: false,
    custom: false,
    schema: object({}),
    columns: [],
  };
}
