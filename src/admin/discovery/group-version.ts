import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";

/** The kinds of one group and version, in the order of their declaration. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  /** `v1`, `applicationconnector.kyma-project.io/v1alpha1`. */
  readonly name: string;
  /** `/api/v1`, `/apis/applicationconnector.kyma-project.io/v1alpha1`. */
  readonly root: string;
  readonly kinds: readonly Kind[];
}

export function groupVersions(kinds: readonly Kind[]): GroupVersion[] {
  const byName = Map.groupBy(kinds, apiVersionOf);
  return [...byName].map(([name, members]) => {
    const { group = "", version = "" } = members[0] ?? {};
    return { group, version, name, root: rootOf({ group, version }), kinds: members };
  });
}

export function rootOf({ group, version }: Pick<Kind, "group" | "version">): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}
