import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { collectionVerbs } from "../verbs/served-verbs.ts";
import { rootOf } from "./root-of.ts";

/** One resource as clients are told of it. */
export interface ServedResource {
  /** The plural, as in paths. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly scope: "Cluster" | "Namespaced";
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}

/** The resources of one group and version, in the order of their declaration. */
export interface ServedVersion {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `v1`, `applicationconnector.kyma-project.io/v1alpha1`. */
  readonly name: string;
  /** `/api/v1`, `/apis/applicationconnector.kyma-project.io/v1alpha1`. */
  readonly root: string;
  readonly resources: readonly ServedResource[];
}

/** What all discovery documents are made of. */
export function servedVersions(kinds: readonly Kind[]): ServedVersion[] {
  return [...Map.groupBy(kinds, apiVersionOf)].map(([name, members]) => {
    const { group = "", version = "" } = members[0] ?? {};
    return { group, version, name, root: rootOf({ group, version }), resources: members.map(served) };
  });
}

function served(kind: Kind): ServedResource {
  const { plural, singular, scope, shortNames, categories, statusSubresource } = kind;
  return {
    name: plural,
    singular,
    kind: kind.kind,
    scope,
    verbs: collectionVerbs(kind),
    shortNames,
    categories,
    subresources: statusSubresource ? [{ name: "status", verbs: ["get", "patch", "update"] }] : [],
  };
}
